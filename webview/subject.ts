/** What a snapshot of the host shows, as the views take it, and what is pointed at in it. */
import { computed, type ReadonlySignal } from '@preact/signals-core';
import type { PanelState } from '../src/protocol/panelApi';
import type { Pointed, Subject } from './view';

type Shown = Pick<PanelState, 'text' | 'tokens' | 'run' | 'model' | 'edits' | 'unedited'>;

/** Undefined while there is no run, or one of nothing. */
export function subjectOf(shown: Shown): Subject | undefined {
  const { text, tokens, run, model, edits, unedited } = shown;
  if (!tokens || !run || !model || run.ids.length === 0) return undefined;
  return { text, tokens, run, model, edits, unedited, length: run.ids.length };
}

/** Weights belong to what is pointed at, so they need no comparison of their own. */
export function pointsAtSame(a: Pointed | undefined, b: Pointed | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.token === b.token &&
    a.cell?.[0] === b.cell?.[0] &&
    a.cell?.[1] === b.cell?.[1] &&
    a.channel === b.channel &&
    a.neuron === b.neuron &&
    a.layer === b.layer &&
    a.id === b.id
  );
}

/** A view of a signal that is only read once it has a value; the shell makes no view before. */
export function present<Value>(source: ReadonlySignal<Value | undefined>): ReadonlySignal<Value> {
  return computed(() => {
    if (source.value === undefined) throw new Error('read before the host answered');
    return source.value;
  });
}
