/** A cell of a map that the engine makes of several heads or values: its parts, as beside the picture. */
import type { Place } from '../../src/protocol/panelApi';
import { computed, signal } from '@preact/signals-core';
import type { Inspector } from '../view';
import { measureOperands } from '../views/measureOperands';
import type { Derivation } from './derivation';

export function measuredMap(
  inspector: Inspector,
  [block = '', kind = '', mean = '', indices = '']: readonly string[],
): Derivation {
  const numbers = indices.split(', ').map(Number);
  const [head, query = 0, key = 0] = mean ? [undefined, ...numbers] : numbers;
  const place: Partial<Place> = {
    step: 'attend',
    open: true,
    stage: 3,
    drawn: 'matrix',
    measure: kind === 'pattern' ? 'weights' : 'contributions',
    over: block === '' ? 'model' : mean ? 'block' : 'head',
    ...(block !== '' && { block: Number(block) }),
    ...(head !== undefined && { head }),
    token: query + inspector.subject.value.run.dropped,
    cell: [query, key],
  };
  const there: Inspector = {
    ...inspector,
    pointed: signal(undefined),
    place: computed(() => ({ ...inspector.place.value, ...place, position: query })),
  };
  return { content: measureOperands(there), place };
}
