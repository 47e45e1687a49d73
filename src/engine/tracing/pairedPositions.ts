import { fail } from '../../protocol/failures';
import type { PairedPositions } from '../../protocol/pairedWeights';

/**
 * `pairs` as told: before, after, before, after, …; without them each position with the same one. Throws
 * `setting-invalid` where they do not rise in both runs, or leave them.
 */
export function pairedPositions(
  pairs: readonly number[] | undefined,
  before: number,
  after: number,
): PairedPositions {
  const lengths = [before, after] as const;
  if (pairs === undefined) {
    const same = Int32Array.from({ length: before }, (_, position) => position);
    return { count: before, before: same, after: same, lengths };
  }
  const count = Math.floor(pairs.length / 2);
  const side = (offset: 0 | 1): Int32Array => {
    const positions = Int32Array.from({ length: count }, (_, i) => pairs[2 * i + offset]);
    for (let i = 0; i < count; i++) {
      const last = i === 0 ? -1 : positions[i - 1];
      if (positions[i] > last && positions[i] < lengths[offset]) continue;
      throw invalid(positions[i], lengths[offset]);
    }
    return positions;
  };
  if (pairs.length % 2 !== 0) throw invalid(pairs.length, 2 * count);
  return { count, before: side(0), after: side(1), lengths };
}

function invalid(value: number, below: number): Error {
  return fail('setting-invalid', {
    name: 'pairs',
    value: String(value),
    allowed: `0 … ${below - 1}`,
  });
}
