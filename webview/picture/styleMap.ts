import { noChange } from 'lit';
import {
  Directive,
  directive,
  PartType,
  type AttributePart,
  type PartInfo,
} from 'lit/directive.js';

/** Style properties by name; undefined takes one away. */
export type StyleInfo = Readonly<Record<string, string | undefined>>;

/**
 * `style=${styleMap({ left: '4px', '--head': '76px' })}`, as lit's own, but through the CSSOM from the first render on:
 * lit's writes the attribute once, which the page's content security policy forbids.
 */
class StyleMap extends Directive {
  #names: readonly string[] = [];
  #style: CSSStyleDeclaration | undefined;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ATTRIBUTE || part.name !== 'style') {
      throw new Error('styleMap goes into a style attribute');
    }
  }

  override update(part: AttributePart, [info]: [StyleInfo]): typeof noChange {
    this.#style = part.element.style;
    return this.render(info);
  }

  override render(info: StyleInfo): typeof noChange {
    for (const name of this.#names) {
      if (info[name] === undefined) this.#style?.removeProperty(name);
    }
    this.#names = Object.keys(info);
    for (const [name, value] of Object.entries(info)) {
      if (value !== undefined) this.#style?.setProperty(name, value);
    }
    return noChange;
  }
}

export const styleMap = directive(StyleMap);
