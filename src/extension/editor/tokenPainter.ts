/** Draws token marks in an editor: VS Code's decorations, made when first needed and gone with their owner. */
import * as vscode from 'vscode';
import { stripCells } from '../engine/knownFacts';
import type { SettingValue } from '../settings';
import { stripUri } from './strip';
import type { StripTheme } from './strip';
import { pairOf } from './bandTypes';
import type { BandKind, Pair } from './bandTypes';
import { LineSlots } from './lineSlots';
import type { SlotUpdate } from './lineSlots';
import { markLines, placesIn } from './markLines';
import type { BandRange, MarkLine, PlacedLabel, PlacedText } from './markLines';
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
/** Vectors side by side; the label of a whole line shows its ids alone. */
const mostStrips = 16;
/** Width of a digit at the raised size, in CSS pixels at the usual font size; a little too much is never ugly. */
const digitWidth = 6;
/** Decorations of one slot of lines, see `LineSlots`. */
interface SlotTypes {
  readonly bands: Map<BandKind, Pair>;
  readonly labels: vscode.TextEditorDecorationType;
}

/** What one editor shows. */
interface Shown {
  readonly slots: LineSlots;
  /** What every line's drawing depends on. */
  style: string;
}

export class TokenPainter {
  readonly #slots: SlotTypes[] = [];
  readonly #shown = new Map<vscode.TextEditor, Shown>();
  /** Strips by id, scale and theme: the same token is drawn many times. */
  readonly #pictures = new Map<string, vscode.Uri>();

  /** Draws lines whose marks are other than what is shown of them. */
  paint(editor: vscode.TextEditor, painting: Painting): void {
    const { slots } = this.#styled(editor, painting);
    const { marks, ghostAt } = painting;
    const lines = markLines(marks, placesIn(linesOf(editor.document)), ghostAt);
    const { updates, drawing } = slots.update(lines);
    for (const update of updates) this.#set(editor, update, painting);
    if (updates.length === 0) return;
    whenShown().then(
      () => {
        slots.shown(drawing);
      },
      // VS Code is closing: nobody looks any more.
      () => undefined,
    );
  }

  /** A document was edited: VS Code has moved what was drawn in it. */
  edited(
    document: vscode.TextDocument,
    changes: readonly vscode.TextDocumentContentChangeEvent[],
  ): void {
    for (const [editor, { slots }] of this.#shown) {
      if (editor.document !== document) continue;
      for (const { range, text } of changes) {
        const added = lineEndsIn(text);
        slots.edited({ first: range.start.line, last: range.end.line, added });
      }
    }
  }

  /** The editor is no longer to be seen. */
  leave(editor: vscode.TextEditor): void {
    this.#shown.delete(editor);
  }

  dispose(): void {
    for (const { bands, labels } of this.#slots.splice(0)) {
      for (const type of [...bands.values()].flat()) type.dispose();
      labels.dispose();
    }
    this.#shown.clear();
    this.#pictures.clear();
  }

  #styled(editor: vscode.TextEditor, painting: Painting): Shown {
    const { mode, palette, showIds, strips } = painting;
    const style = [mode, palette, showIds, strips?.end, currentTheme()].join(' ');
    const known = this.#shown.get(editor) ?? { slots: new LineSlots(), style };
    if (known.style !== style) known.slots.forget();
    known.style = style;
    this.#shown.set(editor, known);
    return known;
  }

  #set(editor: vscode.TextEditor, update: SlotUpdate<MarkLine>, painting: Painting): void {
    const types = this.#typesOf(update.slot);
    const { mode, palette } = painting;
    const kind = mode === 'ids' || mode === 'text' ? palette : 'boundary';
    if (!types.bands.has(kind)) types.bands.set(kind, pairOf(kind));
    for (const [name, pair] of types.bands) {
      pair.forEach((type, parity) => {
        const bands = update.lines.flatMap((line) => line.bands[parity] ?? []);
        editor.setDecorations(type, name === kind ? bands.map(rangeOfBand) : []);
      });
    }
    const theme = currentTheme();
    const labels = mode === 'ids' ? update.lines.flatMap((line) => line.labels) : [];
    const drawn = labels.map((label) => this.#placed(label, painting, theme));
    editor.setDecorations(
      types.labels,
      drawn.filter((label) => label !== undefined),
    );
  }

  #typesOf(slot: number): SlotTypes {
    const known = this.#slots[slot];
    if (known !== undefined) return known;
    const rangeBehavior = vscode.DecorationRangeBehavior.ClosedClosed;
    const labels = vscode.window.createTextEditorDecorationType({ rangeBehavior });
    return (this.#slots[slot] = { bands: new Map(), labels });
  }

  #placed(
    { at, label, isAtGhost }: PlacedLabel,
    painting: Painting,
    theme: StripTheme,
  ): vscode.DecorationOptions | undefined {
    const renderOptions = this.#label(label, painting, theme);
    if (renderOptions === undefined) return undefined;
    const place = new vscode.Position(at.line, at.character);
    if (isAtGhost) return beforeGhost(place, renderOptions);
    return { range: new vscode.Range(place, place), renderOptions };
  }

  #label(
    { ids, texts, lineEnds }: TokenLabel,
    { showIds, strips }: Painting,
    theme: StripTheme,
  ): vscode.DecorationInstanceRenderOptions | undefined {
    const text = showIds ? texts.join(' ') : lineEnds;
    const hasStrip = strips !== undefined && ids.length <= mostStrips;
    const strip = hasStrip ? this.#strip(ids, strips, theme) : undefined;
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

/**
 * Settles when VS Code has set the decorations that were handed over before: it takes what it is told in order, and its
 * answer comes behind the edits that it knew of by then.
 */
async function whenShown(): Promise<void> {
  await vscode.commands.executeCommand('setContext', 'tokenscope.tokensDrawn', true);
}

function linesOf(document: vscode.TextDocument): PlacedText {
  return {
    lineCount: document.lineCount,
    lineOf: (offset) => document.positionAt(offset).line,
    startOf: (line) => document.offsetAt(new vscode.Position(line, 0)),
    lengthOf: (line) => document.lineAt(line).range.end.character,
  };
}

function rangeOfBand({ start, end }: BandRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function lineEndsIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
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
