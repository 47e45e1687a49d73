/** Draws token marks in an editor: VS Code's decorations, made when first needed and gone with their owner. */
import * as vscode from 'vscode';
import { stripUri } from './strip';
import type { StripTheme } from './strip';
import type { TokenMark } from './tokenMarks';

export interface Painting {
  readonly marks: readonly TokenMark[];
  readonly showIds: boolean;
  /** Values by id and the scale's end; undefined shows no strips. */
  readonly strips:
    { readonly values: ReadonlyMap<number, Float32Array>; readonly end: number } | undefined;
}

/** Smaller and raised, as in the Inspector. Decorations have no property for either; this one lets CSS through. */
const smallText = 'none; font-size: 0.72em; vertical-align: 0.22em';
const stripSize = { cellWidth: 2, height: 8 };
const outlined = {
  outline: '1px solid',
  outlineColor: new vscode.ThemeColor('tokenscope.bandOutline'),
};

export class TokenPainter {
  readonly #bands = [
    vscode.window.createTextEditorDecorationType({
      ...outlined,
      backgroundColor: new vscode.ThemeColor('tokenscope.bandA'),
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
    vscode.window.createTextEditorDecorationType({
      ...outlined,
      backgroundColor: new vscode.ThemeColor('tokenscope.bandB'),
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
  ] as const;
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
      const at = editor.document.positionAt(mark.labelAt);
      const renderOptions = this.#label(mark, painting, theme);
      if (renderOptions !== undefined)
        labels.push({ range: new vscode.Range(at, at), renderOptions });
    }
    editor.setDecorations(this.#bands[0], bands[0]);
    editor.setDecorations(this.#bands[1], bands[1]);
    editor.setDecorations(this.#labels, labels);
  }

  clear(editor: vscode.TextEditor): void {
    for (const type of [...this.#bands, this.#labels]) editor.setDecorations(type, []);
  }

  dispose(): void {
    for (const type of [...this.#bands, this.#labels]) type.dispose();
    this.#pictures.clear();
  }

  #label(
    mark: TokenMark,
    { showIds, strips }: Painting,
    theme: StripTheme,
  ): vscode.DecorationInstanceRenderOptions | undefined {
    const text = mark.lineEnds + (showIds ? mark.ids.join('·') : '');
    const strip = strips === undefined ? undefined : this.#strip(mark.ids, strips, theme);
    if (text === '' && strip === undefined) return undefined;
    const label = {
      contentText: text,
      color: new vscode.ThemeColor('tokenscope.idForeground'),
      textDecoration: smallText,
      margin: '0 1px 0 1px',
    };
    return {
      ...(text === '' ? {} : { before: label }),
      ...(strip === undefined ? {} : { after: { contentIconPath: strip, margin: '0 3px 0 0' } }),
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
