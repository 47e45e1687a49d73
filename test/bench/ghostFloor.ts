// What VS Code itself takes from an edit to the question for ghost text: a small extension that does nothing else.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key that makes one step, and what it offers. */
export const floorKey = 'F8';
const offered = 'FLOOR';

const manifest = {
  name: 'floor',
  publisher: 'somebody',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  activationEvents: ['onStartupFinished'],
  main: 'main.js',
  contributes: {
    commands: [{ command: 'floor.step', title: 'Floor: Step' }],
    keybindings: [{ command: 'floor.step', key: floorKey.toLowerCase(), when: 'editorTextFocus' }],
  },
};

/** The same calls in the same order as when a token is taken, with nothing in between. */
const program = (file: string): string => `
const { appendFileSync } = require('node:fs');
const { commands, languages, window, InlineCompletionItem, Range } = require('vscode');
let began;
const provideInlineCompletionItems = (_, at) => {
  if (began === undefined) return [];
  appendFileSync(${JSON.stringify(file)}, (performance.now() - began).toFixed(1) + '\\n');
  began = undefined;
  return [new InlineCompletionItem('${offered}', new Range(at, at))];
};
const step = async () => {
  began = performance.now();
  const { activeTextEditor: editor } = window;
  commands.executeCommand('editor.action.inlineSuggest.hide');
  const written = editor.edit((edit) => edit.insert(editor.selection.active, ' word'));
  commands.executeCommand('editor.action.inlineSuggest.trigger');
  await written;
};
exports.activate = ({ subscriptions }) => {
  subscriptions.push(commands.registerCommand('floor.step', step));
  subscriptions.push(languages.registerInlineCompletionItemProvider('*', { provideInlineCompletionItems }));
};
`;

/** Writes it into a folder, from which VS Code runs it as an extension under development. */
export function writeGhostFloor(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'main.js'), program(timesFile(folder)));
}

/** Milliseconds from its command to each question. */
export function floorTimes(folder: string): readonly number[] {
  const file = timesFile(folder);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trim().split('\n').map(Number);
}

function timesFile(folder: string): string {
  return join(folder, 'times.txt');
}
