// What the command palette calls a command.
import { readBundle } from '../l10n/bundles';

export function commandTitle(command: string, language: 'en' | 'ja'): string {
  const file = language === 'ja' ? 'package.nls.ja.json' : 'package.nls.json';
  const title = readBundle(file)[`command.${command}`];
  if (title === undefined) throw new Error(`${file} names no command ${command}`);
  return `Tokenscope: ${title}`;
}
