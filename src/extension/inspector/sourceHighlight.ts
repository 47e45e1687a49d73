/** Two-way highlight: the panel's token lights up in its document, and the caret in the document tells the panel. */
import * as vscode from 'vscode';
import type { PanelState } from '../../protocol/panelApi';
import { rangeOf } from '../editor/tokenPainter';
import { SourceLink } from './sourceLink';

export class SourceHighlight {
  readonly #type = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('tokenscope.focusedTokenBackground'),
    borderColor: new vscode.ThemeColor('tokenscope.focusedTokenBorder'),
    borderStyle: 'solid',
    borderWidth: '0 0 2px 0',
    overviewRulerColor: new vscode.ThemeColor('tokenscope.focusedTokenBorder'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  readonly #owned: vscode.Disposable[];
  #state: PanelState | undefined;
  #link: SourceLink | undefined;
  #linked = '';

  constructor(onPointed: (token: number) => void) {
    this.#owned = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.uri.toString() !== this.#link?.uri || contentChanges.length === 0) return;
        this.#link.edited(
          contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
            offset: rangeOffset,
            length: rangeLength,
            inserted: text.length,
          })),
        );
        this.#draw();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#draw();
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        if (kind === undefined) return;
        const token = this.#tokenAtCaret(textEditor);
        if (token !== undefined) onPointed(token);
      }),
    ];
  }

  show(state: PanelState): void {
    const { source } = state;
    const key = JSON.stringify(source);
    if (key !== this.#linked) {
      this.#linked = key;
      this.#link = source && new SourceLink(source);
    }
    const isSame =
      this.#state?.tokens === state.tokens && this.#state?.place.token === state.place.token;
    this.#state = state;
    if (!isSame) this.#draw();
  }

  /** Selects a token's text in its document. */
  async reveal(token: number): Promise<void> {
    const region = this.#regionOf(token);
    if (region === undefined || this.#link === undefined) return;
    const uri = vscode.Uri.parse(this.#link.uri);
    const shown = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.toString() === uri.toString(),
    );
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
      preserveFocus: false,
    });
    const range = rangeOf(document, region.start, region.end);
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
    this.#type.dispose();
  }

  #draw(): void {
    const region = this.#regionOf(this.#state?.place.token ?? -1);
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      const isSource = document.uri.toString() === this.#link?.uri;
      const ranges =
        isSource && region !== undefined ? [rangeOf(document, region.start, region.end)] : [];
      editor.setDecorations(this.#type, ranges);
    }
  }

  #regionOf(token: number): { start: number; end: number } | undefined {
    const tokens = this.#state?.tokens;
    if (tokens === undefined) return undefined;
    const index = token < 0 ? tokens.ids.length - 1 : token;
    return this.#link?.rangeOf(tokens, index);
  }

  #tokenAtCaret(editor: vscode.TextEditor): number | undefined {
    const tokens = this.#state?.tokens;
    if (tokens === undefined || editor.document.uri.toString() !== this.#link?.uri)
      return undefined;
    // A selection that is being made is a new subject, not a place in this one.
    if (!editor.selection.isEmpty) return undefined;
    return this.#link.tokenAt(tokens, editor.document.offsetAt(editor.selection.active));
  }
}
