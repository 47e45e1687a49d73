/** An editor's document, selections and visible part in UTF-16 offsets. */
import * as vscode from 'vscode';
import type { Region, TextSnapshot } from '../tokens/regionTokens';
import { rangeOf } from './tokenPainter';

export function snapshotOf(document: vscode.TextDocument): TextSnapshot {
  return {
    key: document.uri.toString(),
    version: document.version,
    length: lengthOf(document),
    slice: (region) => textOf(document, region),
  };
}

/** Exactly these units: VS Code has no place inside of a line end, and takes the one before it. */
function textOf(document: vscode.TextDocument, { start, end }: Region): string {
  if (start >= end) return '';
  const range = rangeOf(document, start, end);
  const text = document.getText(range).slice(start - document.offsetAt(range.start));
  const isInLineEnd = range.end.line < document.lineCount - 1;
  return isInLineEnd && document.offsetAt(range.end) < end ? `${text}\r` : text;
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

/** UTF-16 units of a margin at most: one line may be a megabyte. */
const mostMargin = 4_000;
/** Where lines are not wrapped, such a line is visible whole; what lies so near to the caret is meant then. */
const longLine = 20_000;
const nearCaret = { within: 500, withMargin: 3_000 } as const;

/** The visible ranges, with `margin` lines around each. */
export function visibleRegions(editor: vscode.TextEditor, margin: number): Region[] {
  const { document } = editor;
  const reach = margin === 0 ? nearCaret.within : nearCaret.withMargin;
  return editor.visibleRanges.flatMap((range) => {
    const first = new vscode.Position(Math.max(0, range.start.line - margin), 0);
    const last = document.lineAt(Math.min(document.lineCount - 1, range.end.line + margin));
    const most = margin === 0 ? 0 : mostMargin;
    const seen = regionOf(document, range);
    const start = Math.max(document.offsetAt(first), seen.start - most);
    const end = Math.min(document.offsetAt(last.rangeIncludingLineBreak.end), seen.end + most);
    return end - start > longLine ? ofLongLines(editor, { start, end }, reach) : [{ start, end }];
  });
}

/** The parts of a region that are meant: of a long line what lies near to the caret, or to its start. */
function ofLongLines(editor: vscode.TextEditor, region: Region, reach: number): Region[] {
  const { document, selection } = editor;
  const caret = document.offsetAt(selection.active);
  const parts: Region[] = [];
  let run: Region | undefined;
  for (let at = region.start; at < region.end;) {
    const line = document.lineAt(document.positionAt(at));
    const lineEnd = document.offsetAt(line.rangeIncludingLineBreak.end);
    const part = { start: at, end: Math.min(region.end, lineEnd) };
    if (part.end - part.start > longLine) {
      parts.push(around(caret, reach, part));
      run = undefined;
    } else {
      if (run !== undefined) parts.pop();
      run = { start: run?.start ?? part.start, end: part.end };
      parts.push(run);
    }
    at = Math.max(part.end, at + 1);
  }
  return parts;
}

function around(caret: number, reach: number, { start, end }: Region): Region {
  const middle = Math.min(Math.max(caret, start), end);
  return { start: Math.max(start, middle - reach), end: Math.min(end, middle + reach) };
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

/**
 * The editor that is meant: the active one; while a log below has the focus, the one that had it before, in the active
 * group; and while a panel has it, one beside that.
 */
export function editorAtHand(): vscode.TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors, tabGroups } = vscode.window;
  const { viewColumn } = tabGroups.activeTabGroup;
  const before = visibleTextEditors.find((editor) => editor.viewColumn === viewColumn);
  return [activeTextEditor, before, ...visibleTextEditors].find(
    (editor) => editor !== undefined && isWorkable(editor.document),
  );
}

/** What a document is called: by its path below the workspace, and a cell by that of its notebook. */
export function shownName(document: vscode.TextDocument): string {
  const { notebookDocuments } = vscode.workspace;
  const isOurs = (cell: vscode.NotebookCell): boolean => cell.document === document;
  const notebook = notebookDocuments.find((one) => one.getCells().some(isOurs));
  const cell = notebook?.getCells().find(isOurs);
  const path = vscode.workspace.asRelativePath(notebook?.uri ?? document.uri);
  return cell === undefined ? path : `${path} [${String(cell.index + 1)}]`;
}
