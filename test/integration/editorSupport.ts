// What the tests inside VS Code share: documents, hovers, waiting, and the command line as the second opinion.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as vscode from 'vscode';

export const extensionId = 'tokenscope.tokenscope';

export async function openText(
  content: string,
  language = 'plaintext',
): Promise<vscode.TextEditor> {
  let document = await vscode.workspace.openTextDocument({ content, language });
  // VS Code gives a new untitled file the name of one that is just being closed, and now and then its text.
  for (let n = 0; n < 10 && document.getText() !== content; n++) {
    document = await vscode.workspace.openTextDocument({ content, language });
  }
  return vscode.window.showTextDocument(document, { preview: false });
}

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

export function run(command: string, ...given: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`tokenscope.${command}`, ...given);
}

/** Our hover at an offset; other providers may answer too. */
export async function hoverAt(editor: vscode.TextEditor, offset: number): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    editor.document.uri,
    editor.document.positionAt(offset),
  );
  const texts = hovers.flatMap(({ contents }) =>
    contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : '')),
  );
  return texts.find((text) => /\*\*id \d+\*\*/i.test(text)) ?? '';
}

export function select(editor: vscode.TextEditor, ...ranges: (readonly [number, number])[]): void {
  editor.selections = ranges.map(
    ([start, end]) =>
      new vscode.Selection(editor.document.positionAt(start), editor.document.positionAt(end)),
  );
}

/** Waits for what needs time in VS Code; throws with the last thing seen. */
export async function until<Seen>(
  look: () => Seen | PromiseLike<Seen>,
  isRight: (seen: Seen) => boolean,
): Promise<Seen> {
  const giveUp = Date.now() + 15_000;
  for (;;) {
    const seen = await look();
    if (isRight(seen)) return seen;
    if (Date.now() > giveUp) throw new Error(`still ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs the command line on a text; one parsed line each. */
export function cli<Line>(args: readonly string[], input = ''): Line[] {
  const program = join(
    vscode.extensions.getExtension(extensionId)?.extensionPath ?? '',
    'dist/cli.js',
  );
  const output = execFileSync(process.execPath, [program, ...args], { input, encoding: 'utf8' });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

export interface CliToken {
  readonly index: number;
  readonly id: number;
  readonly bytes: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly part: number;
  readonly parts: number;
}

/** Changes several settings for a while. */
export function withSettings(
  values: Readonly<Record<string, unknown>>,
  work: () => Promise<void>,
): Promise<void> {
  return Object.entries(values).reduce<() => Promise<void>>(
    (inner, [name, value]) =>
      () =>
        withSetting(name, value, inner),
    work,
  )();
}

/** Changes a setting for a while. */
export async function withSetting(
  name: string,
  value: unknown,
  work: () => Promise<void>,
): Promise<void> {
  const settings = vscode.workspace.getConfiguration('tokenscope');
  await settings.update(name, value, vscode.ConfigurationTarget.Workspace);
  try {
    await work();
  } finally {
    await settings.update(name, undefined, vscode.ConfigurationTarget.Workspace);
  }
}
