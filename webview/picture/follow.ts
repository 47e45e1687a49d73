import { noChange } from 'lit';
import { directive, type ElementPart } from 'lit/directive.js';

import { EffectDirective } from './effectDirective';

/** Style properties that follow signals without a render: the ring, the band and the line under the pointer. */
export type Following = () => Readonly<Record<string, string>> | undefined;

class Follow extends EffectDirective {
  #element: HTMLElement | undefined;
  #following: Following | undefined;

  override update(part: ElementPart, [following]: [Following]): typeof noChange {
    this.#element = part.element as HTMLElement;
    return this.render(following);
  }

  override render(following: Following): typeof noChange {
    this.#following = following;
    this.start();
    return noChange;
  }

  protected override act(): void {
    const style = this.#following?.();
    if (!this.#element) return;
    this.#element.hidden = style === undefined;
    for (const [name, value] of Object.entries(style ?? {})) {
      this.#element.style.setProperty(name, value);
    }
  }
}

/** `<i class="ring" ${follow(() => cell && { transform: … })}></i>`; undefined hides the element. */
export const follow = directive(Follow);
