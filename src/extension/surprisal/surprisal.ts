/** The surprisal layer as the rest of the extension knows it: its parts put together, its commands, its hover. */
import type { Command } from '../commands';
import { editorAtHand } from '../editor/editorText';
import { SurprisalCommands } from './surprisalCommands';
import { SurprisalHover } from './surprisalHover';
import { SurprisalLayer } from './surprisalLayer';
import type { LayerOptions } from './surprisalLayer';
import { SurprisalStatus } from './surprisalStatus';

export class Surprisal {
  readonly hover: SurprisalHover;
  readonly #layer: SurprisalLayer;
  readonly #status: SurprisalStatus;
  readonly #commands: SurprisalCommands;

  constructor(options: LayerOptions) {
    const layer = new SurprisalLayer(options);
    const status = new SurprisalStatus({ ...options, layer });
    const commands = new SurprisalCommands({ ...options, layer, status });
    this.hover = new SurprisalHover({ ...options, layer, commands });
    this.#layer = layer;
    this.#status = status;
    this.#commands = commands;
  }

  get commands(): Readonly<Record<string, Command>> {
    return {
      showSurprisal: () => this.#layer.toggle(),
      nextSurprise: () => this.#commands.go(editorAtHand(), 'next'),
      previousSurprise: () => this.#commands.go(editorAtHand(), 'previous'),
      describeSurprisal: () => this.#commands.describe(editorAtHand()),
      chooseSurprisalUnit: () => this.#commands.chooseUnit(),
    };
  }

  /** Tokens are shown with their heat from now on, or no longer. */
  showHeat(to: 'on' | 'off'): void {
    this.#layer.showHeat(to);
  }

  /** In the language that holds now. */
  refresh(): void {
    this.#status.refresh();
  }

  dispose(): void {
    this.#status.dispose();
    this.#layer.dispose();
  }
}
