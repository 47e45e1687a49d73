/** Tells of the room inside an element: at first, and whenever it changes. */
import { noChange, type ElementPart } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';

type Listener = (box: DOMRectReadOnly) => void;

class ObserveBox extends AsyncDirective {
  #observer: ResizeObserver | undefined;
  #element: Element | undefined;

  override render(...[]: [Listener]): unknown {
    return noChange;
  }

  override update(part: ElementPart, [listener]: [Listener]): unknown {
    if (this.#observer) return noChange;
    this.#element = part.element;
    this.#observer = new ResizeObserver(([entry]) => {
      if (entry) listener(entry.contentRect);
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

/** The listener of an element's first drawing is the one that stays. */
export const observeBox = directive(ObserveBox);
