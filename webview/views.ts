/** Which view draws which step. A view lives while its step is open. */
import { computed, untracked, type ReadonlySignal } from '@preact/signals-core';
import type { Place } from '../src/protocol/panelApi';
import type { Inspector, View, ViewMaker } from './view';
import { append } from './views/append';
import { attend } from './views/attend';
import { context } from './views/context';
import { embed } from './views/embed';
import { feedforward } from './views/feedforward';
import { overview } from './views/overview';
import { predict } from './views/predict';
import { repeat } from './views/repeat';
import { tokenize } from './views/tokenize';

const makers: Readonly<Record<Place['step'], ViewMaker>> = {
  overview,
  context,
  tokenize,
  embed,
  attend,
  feedforward,
  repeat,
  predict,
  append,
};

export class Stages {
  /** The step that is open. */
  readonly step: ReadonlySignal<Place['step']>;
  /** Its view, made anew whenever another step opens. */
  readonly view: ReadonlySignal<View>;

  constructor(inspector: Inspector) {
    this.step = computed(() => inspector.place.value.step);
    this.view = computed(() => {
      const maker = makers[this.step.value];
      return untracked(() => maker(inspector));
    });
  }
}
