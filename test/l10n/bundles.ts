// The translations as files: one bundle per part of the program and language.
import { readdirSync, readFileSync } from 'node:fs';

export type Bundle = Readonly<Record<string, string>>;

export interface BundlePair {
  readonly name: string;
  readonly en: Bundle;
  readonly ja: Bundle;
}

/** Every pair of media/l10n, and VS Code's own package.nls. */
export function bundlePairs(): BundlePair[] {
  const names = readdirSync('media/l10n')
    .filter((file) => file.endsWith('.en.json'))
    .map((file) => file.slice(0, -'.en.json'.length));
  const pairs = names.map((name) => ({
    name,
    en: readBundle(`media/l10n/${name}.en.json`),
    ja: readBundle(`media/l10n/${name}.ja.json`),
  }));
  const manifest = {
    name: 'package.nls',
    en: readBundle('package.nls.json'),
    ja: readBundle('package.nls.ja.json'),
  };
  return [...pairs, manifest];
}

export function readBundle(file: string): Bundle {
  return JSON.parse(readFileSync(file, 'utf8')) as Bundle;
}

/** The names in braces, each once, in alphabetical order. */
export function placeholders(message: string): string[] {
  return [...new Set(message.match(/\{[^{}\s]+\}/g) ?? [])].sort();
}
