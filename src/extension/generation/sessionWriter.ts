/** Brings a document to another node of a session's tree, and takes generated pieces out of it. */
import * as vscode from 'vscode';
import { DocumentWriter, ownUndo } from './documentWriter';
import type { UndoStops } from './documentWriter';
import type { SessionText } from './sessionText';
import type { TrailMark } from './trail';
import type { TreeNode } from './tokenTree';

export class SessionWriter {
  readonly #document: vscode.TextDocument;
  readonly #text: SessionText;
  readonly #writer: DocumentWriter;

  constructor(document: vscode.TextDocument, text: SessionText) {
    this.#document = document;
    this.#text = text;
    this.#writer = new DocumentWriter(document);
  }

  /** Whether some editor shows the document. */
  get isVisible(): boolean {
    return this.#writer.editor !== undefined;
  }

  /** The editor that has the focus, where it shows the document. */
  get activeEditor(): vscode.TextEditor | undefined {
    const { editor } = this.#writer;
    return editor?.document === vscode.window.activeTextEditor?.document ? editor : undefined;
  }

  /** Brings the document to the front where no editor shows it; a notebook's cells have none of their own. */
  async reveal(): Promise<void> {
    if (this.#document.uri.scheme === 'vscode-notebook-cell') return;
    await vscode.window.showTextDocument(this.#document);
  }

  /**
   * Makes the document show another node, as one edit: what both have in common stays. Where somebody edits at the very
   * same moment, their edit stands and nothing is written. Throws `edit-refused` for a document that takes no edits.
   */
  async show(node: TreeNode, stops: UndoStops): Promise<void> {
    const { anchor, head, segment } = this.#text;
    const present = segment.tree?.cursor.text ?? '';
    let kept = 0;
    while (kept < present.length && present[kept] === node.text[kept]) kept++;
    const { version } = this.#document;
    segment.tree?.expect(node);
    try {
      const replacement = { start: anchor + kept, end: head, text: node.text.slice(kept) };
      await this.#writer.write([replacement], stops);
    } catch (error) {
      if (this.#document.version === version) throw error;
    } finally {
      segment.tree?.expect(undefined);
    }
  }

  async remove(marks: readonly TrailMark[]): Promise<void> {
    if (marks.length === 0) return;
    const holes = marks.map(({ start, end }) => ({ start, end, text: '' }));
    await this.#writer.write(holes, ownUndo);
  }
}
