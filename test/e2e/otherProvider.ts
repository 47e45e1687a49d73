// A small extension that stands beside ours: it too has ghost text for everywhere, as assistants have.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What it offers wherever it is asked. */
export const otherText = 'OTHER';

const manifest = {
  name: 'other',
  publisher: 'somebody',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  activationEvents: ['onStartupFinished'],
  main: 'main.js',
};

const program = `
const { languages, InlineCompletionItem, Range } = require('vscode');
exports.activate = ({ subscriptions }) => {
  const provideInlineCompletionItems = (_, at) => [new InlineCompletionItem('${otherText}', new Range(at, at))];
  subscriptions.push(languages.registerInlineCompletionItemProvider('*', { provideInlineCompletionItems }));
};
`;

/** Writes it into a folder, from which VS Code runs it as an extension under development. */
export function writeOtherProvider(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'main.js'), program);
}
