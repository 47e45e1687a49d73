import { effect } from '@preact/signals-core';
import { noChange } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive, type ElementPart } from 'lit/directive.js';

/** Style properties that follow signals without a render: the ring, the band and the line under the pointer. */
export type Following = () => Readonly<Record<string, string>> | undefined;

class Follow extends AsyncDirective {
  #element: HTMLElement | undefined;
  #following: Following | undefined;
  #stop: (() => void) | undefined;

  override update(part: ElementPart, [following]: [Following]): typeof noChange {
    this.#element = part.element as HTMLElement;
    return this.render(following);
  }

  override render(following: Following): typeof noChange {
    this.#following = following;
    this.#start();
    return noChange;
  }

  protected override disconnected(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  protected override reconnected(): void {
    this.#start();
  }

  #start(): void {
    this.#stop?.();
    this.#stop = effect(() => {
      const style = this.#following?.();
      if (!this.#element) return;
      this.#element.hidden = style === undefined;
      for (const [name, value] of Object.entries(style ?? {})) {
        this.#element.style.setProperty(name, value);
      }
    });
  }
}

/** `<i class="ring" ${follow(() => cell && { transform: … })}></i>`; undefined hides the element. */
export const follow = directive(Follow);
