/** Draws token marks in an editor: VS Code's decorations, made when first needed and gone with their owner. */
import * as vscode from 'vscode';
import { stripCells } from '../engine/knownFacts';
import type { SettingValue } from '../settings';
import { stripUri } from './strip';
import type { StripTheme } from './strip';
import { labelsOf } from './tokenMarks';
import type { TokenLabel, TokenMark } from './tokenMarks';

/** Bands with ids and strips, bands alone, a line where each token starts, or the line over tints of surprisal. */
export type InlineMode = SettingValue<'inline.mode'>;
export type InlinePalette = SettingValue<'inline.palette'>;

export interface Painting {
  readonly marks: readonly TokenMark[];
  readonly mode: InlineMode;
  readonly palette: InlinePalette;
  readonly showIds: boolean;
  /** Values by id and the scale's end; undefined shows no strips. */
  readonly strips:
    { readonly values: ReadonlyMap<number, Float32Array>; readonly end: number } | undefined;
  /** UTF-16 offset at which ghost text may stand, if there is one. */
  readonly ghostAt: number | undefined;
}

/**
 * The id stands above its strip, both as wide as the wider of them. Decorations have no property for the size of text or
 * its height above the line; `textDecoration` lets CSS through.
 */
const raisedText = 'none; font-size: 0.64em; vertical-align: 0.55em; line-height: 1';
const aloneText = 'none; font-size: 0.72em; vertical-align: 0.2em';
const loweredPicture = 'none; vertical-align: -0.12em; image-rendering: pixelated';
const stripSize = { cellWidth: 2, height: 6 };
/** Width of a digit at the raised size, in CSS pixels at the usual font size; a little too much is never ugly. */
const digitWidth = 6;
const outlined = {
  outline: '1px solid',
  outlineColor: new vscode.ThemeColor('tokenscope.bandOutline'),
};

function band(colour: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    ...outlined,
    backgroundColor: new vscode.ThemeColor(colour),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

function boundary(): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    borderStyle: 'solid',
    borderWidth: '0 0 0 1px',
    borderColor: new vscode.ThemeColor('tokenscope.boundary'),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

type Pair = readonly [vscode.TextEditorDecorationType, vscode.TextEditorDecorationType];

export class TokenPainter {
  readonly #palettes: Readonly<Record<InlinePalette, Pair>> = {
    theme: [band('tokenscope.bandA'), band('tokenscope.bandB')],
    blueOrange: [band('tokenscope.bandBlue'), band('tokenscope.bandOrange')],
  };
  /** Two alike: VS Code draws ranges of one kind that meet as one, with no line between them. */
  readonly #boundaries: Pair = [boundary(), boundary()];
  readonly #labels = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  /** Strips by id, scale and theme: the same token is drawn many times. */
  readonly #pictures = new Map<string, vscode.Uri>();

  paint(editor: vscode.TextEditor, painting: Painting): void {
    const bands: [vscode.Range[], vscode.Range[]] = [[], []];
    const labels: vscode.DecorationOptions[] = [];
    const theme = currentTheme();
    for (const mark of painting.marks) {
      bands[mark.parity].push(rangeOf(editor.document, mark.start, mark.end));
    }
    for (const label of labelsOf(painting.marks)) {
      const at = editor.document.positionAt(label.at);
      const renderOptions = this.#label(label, painting, theme);
      if (renderOptions === undefined) continue;
      labels.push(
        label.at === painting.ghostAt
          ? beforeGhost(at, renderOptions)
          : { range: new vscode.Range(at, at), renderOptions },
      );
    }
    const { mode, palette } = painting;
    const hasBands = mode === 'ids' || mode === 'text';
    for (const [name, types] of Object.entries(this.#palettes)) {
      const isShown = name === palette && hasBands;
      editor.setDecorations(types[0], isShown ? bands[0] : []);
      editor.setDecorations(types[1], isShown ? bands[1] : []);
    }
    this.#boundaries.forEach((type, parity) => {
      editor.setDecorations(type, hasBands ? [] : (bands[parity] ?? []));
    });
    editor.setDecorations(this.#labels, mode === 'ids' ? labels : []);
  }

  get #types(): vscode.TextEditorDecorationType[] {
    return [...Object.values(this.#palettes).flat(), ...this.#boundaries, this.#labels];
  }

  clear(editor: vscode.TextEditor): void {
    for (const type of this.#types) editor.setDecorations(type, []);
  }

  dispose(): void {
    for (const type of this.#types) type.dispose();
    this.#pictures.clear();
  }

  #label(
    { ids, texts, lineEnds }: TokenLabel,
    { showIds, strips }: Painting,
    theme: StripTheme,
  ): vscode.DecorationInstanceRenderOptions | undefined {
    const text = showIds ? texts.join(' ') : lineEnds;
    const strip = strips === undefined ? undefined : this.#strip(ids, strips, theme);
    if (text === '' && strip === undefined) return undefined;
    const isStacked = text !== '' && strip !== undefined;
    const width = Math.max(ids.length * stripCells * stripSize.cellWidth, text.length * digitWidth);
    const label = {
      contentText: text,
      color: new vscode.ThemeColor('tokenscope.idForeground'),
      textDecoration: (isStacked ? raisedText : aloneText) + backing(theme),
      margin: '0 1px 0 2px',
      ...(isStacked ? { width: `${String(width)}px` } : {}),
    };
    const left = isStacked ? `-${String(width + 1)}px` : '2px';
    return {
      ...(text === '' ? {} : { before: label }),
      ...(strip === undefined
        ? {}
        : {
            after: {
              contentIconPath: strip,
              textDecoration: loweredPicture,
              margin: `0 2px 0 ${left}`,
            },
          }),
    };
  }

  #strip(
    ids: readonly number[],
    strips: NonNullable<Painting['strips']>,
    theme: StripTheme,
  ): vscode.Uri | undefined {
    const key = `${theme} ${String(strips.end)} ${ids.join(' ')}`;
    const known = this.#pictures.get(key);
    if (known !== undefined) return known;
    const values = ids.map((id) => strips.values.get(id));
    const all = values.filter((value) => value !== undefined);
    if (all.length < ids.length) return undefined;
    const joined = Float32Array.from(all.flatMap((value) => [...value]));
    const picture = vscode.Uri.parse(stripUri(joined, { end: strips.end, theme }, stripSize));
    this.#pictures.set(key, picture);
    return picture;
  }
}

/** High contrast themes turn the colours of selected text around, but not those of labels: they bring their own ground. */
function backing(theme: StripTheme): string {
  const isHighContrast = theme === 'highContrast' || theme === 'highContrastLight';
  return isHighContrast ? '; background-color: var(--vscode-editor-background)' : '';
}

/**
 * Ghost text pushes what is attached to an empty range behind itself, where it would seem to be the ghost's label. What
 * comes after a range that is not empty stays before it; there is room for one thing there, the id.
 */
function beforeGhost(
  at: vscode.Position,
  { before, after }: vscode.DecorationInstanceRenderOptions,
): vscode.DecorationOptions {
  const range = new vscode.Range(at.with({ character: Math.max(0, at.character - 1) }), at);
  const kept = before ?? after;
  return kept === undefined ? { range } : { range, renderOptions: { after: kept } };
}

export function currentTheme(): StripTheme {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return 'light';
    case vscode.ColorThemeKind.HighContrast:
      return 'highContrast';
    case vscode.ColorThemeKind.HighContrastLight:
      return 'highContrastLight';
    case vscode.ColorThemeKind.Dark:
      return 'dark';
  }
}

export function rangeOf(document: vscode.TextDocument, start: number, end: number): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
