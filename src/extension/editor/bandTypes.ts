/** The kinds of decoration that bands are made of. */
import * as vscode from 'vscode';
import type { SettingValue } from '../settings';

/** Bands in two colours that alternate, or a line where each token starts. */
export type BandKind = SettingValue<'inline.palette'> | 'boundary';

/** By parity. */
export type Pair = readonly [vscode.TextEditorDecorationType, vscode.TextEditorDecorationType];

/** Bands of a kind: two that alternate. Boundaries are alike: VS Code draws ranges of one kind that meet as one. */
export function pairOf(kind: BandKind): Pair {
  switch (kind) {
    case 'theme':
      return [band('tokenscope.bandA'), band('tokenscope.bandB')];
    case 'blueOrange':
      return [band('tokenscope.bandBlue'), band('tokenscope.bandOrange')];
    case 'boundary':
      return [boundary(), boundary()];
  }
}

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
