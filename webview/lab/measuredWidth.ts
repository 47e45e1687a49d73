/** Keeps a signal equal to the width inside an element, for pictures that take it. */
import type { Signal } from '@preact/signals-core';
import { noChange, type ElementPart } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';

class MeasuredWidth extends AsyncDirective {
  #observer: ResizeObserver | undefined;
  #element: Element | undefined;

  override render(...[]: [Signal<number>]): unknown {
    return noChange;
  }

  override update(part: ElementPart, [width]: [Signal<number>]): unknown {
    if (this.#observer) return noChange;
    this.#element = part.element;
    this.#observer = new ResizeObserver(([entry]) => {
      if (entry) width.value = Math.floor(entry.contentRect.width);
    });
    this.#observer.observe(part.element);
    return noChange;
  }

  protected override disconnected(): void {
    this.#observer?.disconnect();
  }

  protected override reconnected(): void {
    if (this.#element) this.#observer?.observe(this.#element);
  }
}

export const measuredWidth = directive(MeasuredWidth);
