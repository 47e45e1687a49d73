/** Long lists are drawn over several frames: the first rows at once, the rest where frames have time left for them. */
import { signal } from '@preact/signals-core';
import { nothing, type ChildPart } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { watch } from '../watch';
import { leaveQueue, paintInTurn, paintLater } from './paintQueue';
import { range } from './at';

interface SlicedList {
  readonly count: number;
  /** How many are drawn in one go. */
  readonly slice: number;
  readonly row: (index: number) => unknown;
}

class InSlices extends AsyncDirective {
  readonly #drawn = signal(1);
  #slices = 0;
  #table: Element | undefined;

  override update(part: ChildPart, [list]: [SlicedList]): unknown {
    const parent = part.parentNode;
    this.#table = parent instanceof Element ? (parent.closest('table') ?? undefined) : undefined;
    return this.render(list);
  }

  override render({ count, slice, row }: SlicedList): unknown {
    this.#slices = Math.max(1, Math.ceil(count / slice));
    this.#grow();
    return range(this.#slices).map((index) =>
      watch(() => {
        if (index >= this.#drawn.value) return nothing;
        const from = index * slice;
        return range(Math.min(slice, count - from)).map((at) => row(from + at));
      }),
    );
  }

  protected override disconnected(): void {
    leaveQueue(this.#later);
  }

  protected override reconnected(): void {
    this.#grow();
  }

  /** Sees to it that the next slice is drawn, if there is one. */
  #grow(): void {
    const isDrawn = this.#drawn.peek() >= this.#slices;
    this.#table?.toggleAttribute('data-growing', !isDrawn);
    if (!isDrawn) paintLater(this.#later);
  }

  readonly #later = (): void => {
    paintInTurn(() => {
      this.#drawn.value = this.#drawn.peek() + 1;
      this.#grow();
    }, this.#later);
  };
}

/** `<tbody>${inSlices({ count, slice, row })}</tbody>`; its table has `data-growing` until all of it is drawn. */
export const inSlices = directive(InSlices);
