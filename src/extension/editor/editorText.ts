/** An editor's document, selections and visible part in UTF-16 offsets. */
import * as vscode from 'vscode';
import type { Region, TextSnapshot } from '../tokens/regionTokens';
import { rangeOf } from './tokenPainter';

export function snapshotOf(document: vscode.TextDocument): TextSnapshot {
  return {
    key: document.uri.toString(),
    version: document.version,
    length: lengthOf(document),
    slice: ({ start, end }) => document.getText(rangeOf(document, start, end)),
  };
}

/** What is looked at as a text of its own: each selection, or the whole document when nothing is selected. */
export function regionsOf(editor: vscode.TextEditor): Region[] {
  const { document } = editor;
  const selected = editor.selections
    .filter((selection) => !selection.isEmpty)
    .map((selection) => regionOf(document, selection))
    .sort((a, b) => a.start - b.start);
  return selected.length > 0 ? selected : [{ start: 0, end: lengthOf(document) }];
}

/** The visible ranges, with `margin` lines around each. */
export function visibleRegions(editor: vscode.TextEditor, margin: number): Region[] {
  const { document } = editor;
  return editor.visibleRanges.map((range) => {
    const first = Math.max(0, range.start.line - margin);
    const last = Math.min(document.lineCount - 1, range.end.line + margin);
    return {
      start: document.offsetAt(new vscode.Position(first, 0)),
      end: document.offsetAt(document.lineAt(last).rangeIncludingLineBreak.end),
    };
  });
}

export function regionOf(document: vscode.TextDocument, range: vscode.Range): Region {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}

export function lengthOf(document: vscode.TextDocument): number {
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
}

/** Whether a document is text that a person works on, and not a log or an input field. */
export function isWorkable(document: vscode.TextDocument): boolean {
  return ![
    'output',
    'debug',
    'comment',
    'vscode',
    'walkThroughSnippet',
    'tokenscope-comparison',
  ].includes(document.uri.scheme);
}

/** The editor that is meant: the active one, or, while a panel has the focus, the one beside it. */
export function editorAtHand(): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  return [activeTextEditor, ...visibleTextEditors].find(
    (editor) => editor !== undefined && isWorkable(editor.document),
  );
}
