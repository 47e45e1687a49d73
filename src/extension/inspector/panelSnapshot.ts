/** The state of a panel, whole at any moment; whoever listens is told of each change. */
import type { PanelState } from '../../protocol/panelApi';
import { Emitter } from '../emitter';
import type { Listen } from '../emitter';

export class PanelSnapshot {
  readonly #news = new Emitter<PanelState>();
  #state: PanelState;

  readonly onState: Listen<PanelState> = this.#news.event;

  constructor(state: PanelState) {
    this.#state = state;
  }

  get state(): PanelState {
    return this.#state;
  }

  set(patch: Partial<PanelState>): void {
    this.#state = { ...this.#state, ...patch };
    this.#news.fire(this.#state);
  }

  setGeneration(patch: Partial<PanelState['generation']>): void {
    this.set({ generation: { ...this.#state.generation, ...patch } });
  }

  dispose(): void {
    this.#news.dispose();
  }
}
