/** One side of a comparison as the run that everything is read from. */
import { computed } from '@preact/signals-core';
import type { AlignedPair } from '../src/protocol/alignment';
import { validPlace } from './place';
import { present } from './subject';
import type { Inspector } from './view';

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

function partner(pairs: readonly AlignedPair[], position: number): number | undefined {
  return pairs.find(({ before }) => before === position)?.after;
}
