// What the tests of stepping share: a session at the end of a text, and the command line's continuation of it.
import type * as vscode from 'vscode';
import { cli, openText, run, select, until } from './editorSupport';

export interface CliGenerated {
  readonly id?: number;
  readonly text?: string;
  readonly rank?: number;
  readonly probability?: number;
}

export function generatedAfter(prompt: string, count: number): readonly CliGenerated[] {
  return cli<CliGenerated>(['generate', '--prompt', prompt, '--max-tokens', String(count)]);
}

export function expected(prompt: string, count: number): string {
  return generatedAfter(prompt, count)
    .map(({ text }) => text ?? '')
    .join('');
}

/** Begins at an offset of a new text, its end if none is given. */
export async function begin(
  content: string,
  language = 'plaintext',
  offset = content.length,
): Promise<vscode.TextEditor> {
  const editor = await openText(content, language);
  select(editor, [offset, offset]);
  await run('startGeneration');
  return editor;
}

export function shows(document: vscode.TextDocument, text: string): Promise<string> {
  return until(
    () => document.getText(),
    (seen) => seen === text,
  );
}
