/** Writes into the document of a session, through whichever editor shows it. */
import * as vscode from 'vscode';
import { fail } from '../../protocol/failures';
import { rangeOf } from '../editor/tokenPainter';
import { fileName } from '../inspector/inspector';

export interface Replacement {
  /** UTF-16 offsets in the document. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type UndoStops = Parameters<vscode.TextEditor['edit']>[1];

/** One edit that one undo takes back. */
export const ownUndo: UndoStops = { undoStopBefore: true, undoStopAfter: true };

export class DocumentWriter {
  readonly #document: vscode.TextDocument;

  constructor(document: vscode.TextDocument) {
    this.#document = document;
  }

  /** The active editor when it shows the document, else any that does. */
  get editor(): vscode.TextEditor | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    return [activeTextEditor, ...visibleTextEditors].find(
      (editor) => editor?.document === this.#document,
    );
  }

  get editors(): readonly vscode.TextEditor[] {
    return vscode.window.visibleTextEditors.filter(({ document }) => document === this.#document);
  }

  /** Throws `edit-refused` when the document is read-only, hidden, or has changed at the same moment. */
  async write(replacements: readonly Replacement[], stops: UndoStops): Promise<void> {
    const { editor } = this;
    const isWritten = await editor?.edit((edit) => {
      for (const { start, end, text } of replacements) {
        if (start === end) edit.insert(this.#document.positionAt(start), text);
        else edit.replace(rangeOf(this.#document, start, end), text);
      }
    }, stops);
    if (isWritten !== true) throw fail('edit-refused', { file: fileName(this.#document.uri) });
  }
}
