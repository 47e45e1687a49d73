/** Which view draws which step. A view lives while its step is open. */
import { computed, effect, signal, untracked, type ReadonlySignal } from '@preact/signals-core';
import { html } from 'lit';
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

/** Before the views of a comparison are loaded. */
const loading: ViewMaker = () => ({ stage: () => html`` });

export class Stages {
  /** The step that is open. */
  readonly step: ReadonlySignal<Place['step']>;
  /** Its view, made anew whenever another step opens. */
  readonly view: ReadonlySignal<View>;

  constructor(inspector: Inspector) {
    this.step = computed(() => inspector.place.value.step);
    const compared = signal<typeof makers | undefined>(undefined);
    const isComparing = computed(() => inspector.other.comparison.value !== undefined);
    this.view = computed(() => {
      const views = isComparing.value ? compared.value : makers;
      const maker = views?.[this.step.value] ?? loading;
      return untracked(() => maker(inspector));
    });
    // A script of its own: most people never compare.
    effect(() => {
      if (!isComparing.value || compared.peek() !== undefined) return;
      void import('./seldom').then(({ comparingViews }) => {
        compared.value = comparingViews;
      });
    });
  }
}
