import { effect } from '@preact/signals-core';
import { AsyncDirective } from 'lit/async-directive.js';

/** A directive with one effect, which runs while its element is on the page: signals that `act` reads call it again. */
export abstract class EffectDirective extends AsyncDirective {
  #stop: (() => void) | undefined;

  protected abstract act(): void;

  /** Begins the effect, or begins it anew with what `act` reads now. */
  protected start(): void {
    this.#stop?.();
    this.#stop = effect(() => {
      this.act();
    });
  }

  protected override disconnected(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  protected override reconnected(): void {
    this.start();
  }
}
