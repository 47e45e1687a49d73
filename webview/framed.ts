/** What arrives in the same frame is told in one go: each telling may draw a whole view. */
import { batch } from '@preact/signals-core';

/** Calls back when the next frame begins. */
export type NextFrame = (callback: () => void) => void;

export class Framed {
  readonly #nextFrame: NextFrame;
  readonly #waiting: (() => void)[] = [];
  #isOpen = false;

  constructor(nextFrame: NextFrame) {
    this.#nextFrame = nextFrame;
  }

  /** Tells at once where nothing was told in this frame yet, else with whatever else has come at the start of the next. */
  tell(news: () => void): void {
    if (this.#isOpen) {
      this.#waiting.push(news);
      return;
    }
    this.#isOpen = true;
    this.#next();
    news();
  }

  #next(): void {
    this.#nextFrame(() => {
      const all = this.#waiting.splice(0);
      if (all.length === 0) {
        this.#isOpen = false;
        return;
      }
      // Before the telling, so that a listener that throws does not keep back what comes after it.
      this.#next();
      batch(() => {
        for (const news of all) news();
      });
    });
  }
}
