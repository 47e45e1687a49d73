/** Tints stretches of an editor by level: VS Code's decorations, made when first needed and gone with their owner. */
import * as vscode from 'vscode';
import { rangeOf } from '../editor/tokenPainter';
import { surpriseLevel } from './surprisalUnits';
import type { SurprisalUnit } from './surprisalUnits';

export const levels = [1, 2, 3, 4, 5] as const;

export class SurprisalPainter {
  readonly #tints = levels.map((level) =>
    vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor(`tokenscope.surprisal${String(level)}`),
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
      overviewRulerLane: vscode.OverviewRulerLane.Center,
      // The strongest are told apart by more than their colour.
      ...(level < surpriseLevel
        ? {}
        : {
            border: `0 none; border-bottom: ${level === 5 ? '2px solid' : '1px solid'}`,
            borderColor: new vscode.ThemeColor('tokenscope.surprisalLine'),
          }),
    }),
  );

  paint(editor: vscode.TextEditor, units: readonly SurprisalUnit[]): void {
    this.#tints.forEach((tint, n) => {
      const ranges = units
        .filter(({ level }) => level === n + 1)
        .map(({ start, end }) => rangeOf(editor.document, start, end));
      editor.setDecorations(tint, ranges);
    });
  }

  dispose(): void {
    for (const tint of this.#tints) tint.dispose();
  }
}
