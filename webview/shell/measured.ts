/** Keeps a signal equal to the room inside an element, for pictures that use the height they are given. */
import type { Signal } from '@preact/signals-core';
import type { DirectiveResult } from 'lit/directive.js';
import { observeBox } from '../observeBox';
import type { Size } from '../view';

/** Below this width of the panel the side goes under the stage (style/layout.css). */
const besidesFrom = 1040;
/** The height a picture may plan with when the page scrolls as a whole. */
const scrollingHeight = 640;

export function measured(size: Signal<Size>): DirectiveResult {
  return observeBox((box) => {
    size.value = changed(size.value, box);
  });
}

/** The same object when nothing changed, so that nobody runs for nothing. */
function changed(before: Size, box: DOMRectReadOnly): Size {
  const besides = window.innerWidth >= besidesFrom;
  const width = Math.floor(box.width);
  const height = besides ? Math.floor(box.height) : scrollingHeight;
  const isSame = before.width === width && before.height === height && before.besides === besides;
  return isSame ? before : { width, height, besides };
}
