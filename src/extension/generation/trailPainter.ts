/** Tints generated text by how probable each token was, and says in the overview ruler how far the model sees back. */
import * as vscode from 'vscode';
import { rangeOf } from '../editor/tokenPainter';
import { t } from '../l10n';
import type { TrailMark } from './trail';

/** Upper ends of the classes of probability that are told apart, and their colours. */
const classes = [
  { below: 0.05, colour: 'tokenscope.trailSurprising' },
  { below: 0.2, colour: 'tokenscope.trailUnlikely' },
  { below: 0.5, colour: 'tokenscope.trailPossible' },
  { below: 0.8, colour: 'tokenscope.trailLikely' },
  { below: Infinity, colour: 'tokenscope.trailCertain' },
] as const;

export interface TrailPicture {
  readonly marks: readonly TrailMark[];
  /** Where the text that the session reads starts, and where the part that fits the model's context does. */
  readonly readFrom: number;
  readonly windowFrom: number;
  readonly windowTo: number;
}

export class TrailPainter {
  readonly #tints = classes.map(({ colour }) =>
    vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor(colour),
      // In high contrast the tint is a line: backgrounds there would fight the text.
      borderColor: new vscode.ThemeColor(`${colour}Line`),
      borderStyle: 'solid',
      borderWidth: '0 0 2px 0',
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
  );
  readonly #beyond = vscode.window.createTextEditorDecorationType({ opacity: '0.45' });
  readonly #window = vscode.window.createTextEditorDecorationType({
    overviewRulerColor: new vscode.ThemeColor('tokenscope.focusedTokenBorder'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
  readonly #edge = vscode.window.createTextEditorDecorationType({
    before: { contentText: '⟦', color: new vscode.ThemeColor('tokenscope.idForeground') },
  });

  readonly #drawn = new WeakMap<vscode.TextEditor, Map<vscode.TextEditorDecorationType, string>>();

  paint(editor: vscode.TextEditor, { marks, readFrom, windowFrom, windowTo }: TrailPicture): void {
    this.#tints.forEach((type, level) => {
      const places = marks.filter((mark) => levelOf(mark) === level);
      this.#draw(editor, { type, places });
    });
    this.#draw(editor, { type: this.#window, places: [{ start: windowFrom, end: windowTo }] });
    this.#draw(editor, {
      type: this.#edge,
      places: [{ start: windowFrom, end: windowFrom }],
      hover: 'stepping.windowStart',
    });
    const beyond = { start: readFrom, end: windowFrom };
    this.#draw(editor, {
      type: this.#beyond,
      places: windowFrom > readFrom ? [beyond] : [],
      hover: 'stepping.beyond',
    });
  }

  /** VS Code removes what was drawn with a type when the type goes. */
  dispose(): void {
    for (const type of [...this.#tints, this.#beyond, this.#window, this.#edge]) type.dispose();
  }

  /** VS Code moves what is drawn along with edits, as the marks are moved: what is where it was is not sent again. */
  #draw(editor: vscode.TextEditor, { type, places, hover }: Drawing): void {
    const drawn = this.#drawn.get(editor) ?? new Map<vscode.TextEditorDecorationType, string>();
    this.#drawn.set(editor, drawn);
    const now = places.map(({ start, end }) => `${String(start)}–${String(end)}`).join();
    if ((drawn.get(type) ?? '') === now) return;
    drawn.set(type, now);
    const { document } = editor;
    editor.setDecorations(
      type,
      places.map(({ start, end }) => ({
        range: rangeOf(document, start, end),
        ...(hover === undefined ? {} : { hoverMessage: t(hover) }),
      })),
    );
  }
}

interface Drawing {
  readonly type: vscode.TextEditorDecorationType;
  /** UTF-16 offsets in the document. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
  readonly hover?: 'stepping.windowStart' | 'stepping.beyond';
}

/** A piece of several tokens is as probable as its least probable one. */
function levelOf({ node }: TrailMark): number {
  const probability = Math.min(...node.piece.tokens.map((token) => token.probability));
  return classes.findIndex(({ below }) => probability < below);
}
