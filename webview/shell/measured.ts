/** Keeps a signal equal to the room inside an element, for pictures that use the height they are given. */
import type { Signal } from '@preact/signals-core';
import { noChange, type ElementPart } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';
import type { Size } from '../view';

/** Below this width of the panel the side goes under the stage (style/layout.css). */
const besidesFrom = 1040;
/** The height a picture may plan with when the page scrolls as a whole. */
const scrollingHeight = 640;

class Measured extends AsyncDirective {
  #observer: ResizeObserver | undefined;
  #element: Element | undefined;

  override render(...[]: [Signal<Size>]): unknown {
    return noChange;
  }

  override update(part: ElementPart, [size]: [Signal<Size>]): unknown {
    if (this.#observer) return noChange;
    this.#element = part.element;
    this.#observer = new ResizeObserver(([entry]) => {
      if (entry) size.value = changed(size.value, entry.contentRect);
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

/** The same object when nothing changed, so that nobody runs for nothing. */
function changed(before: Size, box: DOMRectReadOnly): Size {
  const besides = window.innerWidth >= besidesFrom;
  const width = Math.floor(box.width);
  const height = besides ? Math.floor(box.height) : scrollingHeight;
  const isSame = before.width === width && before.height === height && before.besides === besides;
  return isSame ? before : { width, height, besides };
}

export const measured = directive(Measured);
