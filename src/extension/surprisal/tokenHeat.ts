/** Heat as a way to show tokens: while they are shown so, the surprisal layer tints them. */
import * as vscode from 'vscode';
import type { InlineTokens } from '../editor/inlineTokens';
import { settingsSection } from '../settings';
import type { Settings } from '../settings';
import type { Surprisal } from './surprisal';

export interface TokenHeatOptions {
  readonly inline: InlineTokens;
  readonly surprisal: Surprisal;
  readonly settings: Settings;
}

export class TokenHeat {
  readonly #options: TokenHeatOptions;
  readonly #owned: readonly { dispose(): void }[];

  constructor(options: TokenHeatOptions) {
    this.#options = options;
    this.#owned = [
      options.inline.onToggled(() => {
        this.#settle();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.inline.mode`)) this.#settle();
      }),
    ];
    this.#settle();
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
  }

  #settle(): void {
    const { inline, surprisal, settings } = this.#options;
    surprisal.showHeat(inline.isOn && settings.get('inline.mode') === 'heat' ? 'on' : 'off');
  }
}
