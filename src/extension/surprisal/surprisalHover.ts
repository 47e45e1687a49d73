/** The hover of the surprisal layer: the unit under the mouse in words, for those who do not see its tint. */
import * as vscode from 'vscode';
import { rangeOf } from '../editor/tokenPainter';
import { failureOf } from '../../protocol/failures';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import type { SurprisalCommands } from './surprisalCommands';
import type { SurprisalLayer } from './surprisalLayer';
import { unitSentence } from './surprisalText';

export interface SurprisalHoverOptions {
  readonly layer: SurprisalLayer;
  readonly commands: SurprisalCommands;
  readonly settings: Settings;
  readonly notices: Notices;
}

export class SurprisalHover implements vscode.HoverProvider {
  readonly #options: SurprisalHoverOptions;

  constructor(options: SurprisalHoverOptions) {
    this.#options = options;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    cancellation: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const { layer, commands, settings, notices } = this.#options;
    if (!layer.isOn) return undefined;
    const controller = new AbortController();
    const listening = cancellation.onCancellationRequested(() => {
      controller.abort();
    });
    try {
      const unit = await commands.unitAt(document, position, controller.signal);
      if (unit === undefined) return undefined;
      const range = rangeOf(document, unit.start, unit.end);
      const kind = settings.get('surprisal.unit');
      const sentence = unitSentence(unit, kind, document.getText(range));
      return new vscode.Hover(new vscode.MarkdownString().appendText(sentence), range);
    } catch (error) {
      notices.tellOnce('hover', failureOf(error), error);
      return undefined;
    } finally {
      listening.dispose();
    }
  }
}
