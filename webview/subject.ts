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

/** Whether a snapshot shows what was shown before, so that nothing has to be drawn anew. */
export function showsSame(now: Subject, before: Subject | undefined): boolean {
  return (
    before !== undefined &&
    now.run.run === before.run.run &&
    now.unedited?.run === before.unedited?.run &&
    now.text === before.text &&
    isEqual(now.tokens.ids, before.tokens.ids) &&
    JSON.stringify([now.edits, now.model]) === JSON.stringify([before.edits, before.model])
  );
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
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
