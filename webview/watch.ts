/**
 * `watch(() => value)` in a template renders the value and, whenever a signal it read changes, renders that place alone.
 * It is how rings, frames and tints follow the pointer while the picture around them stays.
 */
import { effect } from '@preact/signals-core';
import { noChange } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { leaveQueue, paintInTurn } from './picture/paintQueue';

class Watch extends AsyncDirective {
  #read: (() => unknown) | undefined;
  #stop: (() => void) | undefined;

  override render(read: () => unknown): unknown {
    this.#stop?.();
    this.#read = read;
    let first: unknown = noChange;
    let rendering = true;
    this.#stop = effect(() => {
      this.draw(() => {
        const value = read();
        if (rendering) first = value;
        else this.setValue(value);
      });
    });
    rendering = false;
    return first;
  }

  override disconnected(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  override reconnected(): void {
    if (this.#read) this.setValue(this.render(this.#read));
  }

  protected draw(paint: () => void): void {
    paint();
  }
}

export const watch: (read: () => unknown) => unknown = directive(Watch);

class WatchInTurn extends Watch {
  override disconnected(): void {
    super.disconnected();
    leaveQueue(this.#later);
  }

  protected override draw(paint: () => void): void {
    paintInTurn(paint, this.#later);
  }

  /** What it reads is known when it was drawn: whatever changes meanwhile is drawn then. */
  readonly #later = (): void => {
    this.reconnected();
  };
}

/**
 * As `watch`, but drawn in a later frame where this one has been drawing for long: what opens at once with something
 * larger does not make that frame longer. Until then the place stays as it is.
 */
export const watchInTurn: (read: () => unknown) => unknown = directive(WatchInTurn);
