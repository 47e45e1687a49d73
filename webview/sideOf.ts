/** One side of a comparison as the run that everything is read from. */
import { computed } from '@preact/signals-core';
import type { AlignedPair } from '../src/protocol/alignment';
import { validPlace } from './place';
import { present } from './subject';
import type { Inspector, Pointed } from './view';

export type Side = 'a' | 'b';

/** Side B looks at the tokens that are aligned with those of A. The run itself while there is no side B. */
export function sideOf(inspector: Inspector, side: Side): Inspector {
  const { other, place } = inspector;
  if (side === 'a' || other.subject.value === undefined) return inspector;
  const subject = present(other.subject);
  return {
    ...inspector,
    subject,
    numbers: other.numbers,
    labels: other.labels,
    place: computed(() => {
      const pairs = other.alignment.value?.pairs ?? [];
      const { position, cell } = place.value;
      const lonely = other.lonely.value;
      const at = lonely === undefined ? partner(pairs, position) : pairs[lonely]?.after;
      const [query, key] = cell?.map((each) => partner(pairs, each)) ?? [];
      return validPlace(
        {
          ...place.value,
          token: (at ?? position) + subject.value.run.dropped,
          cell: query === undefined || key === undefined ? undefined : [query, key],
        },
        subject.value,
      );
    }),
  };
}

/** The same on the other side: tokens are those aligned with A's; undefined where one has none. */
export function pointedOn(
  { other }: Inspector,
  side: Side,
  pointed: Pointed | undefined,
): Pointed | undefined {
  if (side === 'a' || pointed === undefined) return pointed;
  const pairs = other.alignment.value?.pairs ?? [];
  const { token, cell, channel, neuron, layer, id } = pointed;
  const [query, key] = cell?.map((each) => partner(pairs, each)) ?? [];
  const there = token === undefined ? undefined : partner(pairs, token);
  const isLost = (cell && (query === undefined || key === undefined)) ?? false;
  if (isLost || (token !== undefined && there === undefined)) return undefined;
  return {
    ...(there !== undefined && { token: there }),
    ...(query !== undefined && key !== undefined && { cell: [query, key] as const }),
    ...(channel !== undefined && { channel }),
    ...(neuron !== undefined && { neuron }),
    ...(layer !== undefined && { layer }),
    ...(id !== undefined && { id }),
  };
}

function partner(pairs: readonly AlignedPair[], position: number): number | undefined {
  return pairs.find(({ before }) => before === position)?.after;
}
