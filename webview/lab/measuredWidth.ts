/** Keeps a signal equal to the width inside an element, for pictures that take it. */
import type { Signal } from '@preact/signals-core';
import type { DirectiveResult } from 'lit/directive.js';
import { observeBox } from '../observeBox';

export function measuredWidth(width: Signal<number>): DirectiveResult {
  return observeBox((box) => {
    width.value = Math.floor(box.width);
  });
}
