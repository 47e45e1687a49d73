/** The warning that a generated text goes round in circles. */

/** Longest circle that is looked for, and the fewest tokens that count as one. */
const longestPeriod = 32;
const fewestTokens = 12;
const rounds = 3;

/** As many of the last ids as can decide. */
export const repetitionTokens = Math.max(fewestTokens, rounds * longestPeriod);

/**
 * The length of the circle that `ids` end in, or undefined: the smallest p ≤ 32 for which the last max(12, 3p) ids repeat
 * with period p, so that the same p tokens stand at least three times in a row.
 */
export function repetition(ids: readonly number[]): number | undefined {
  for (let period = 1; period <= longestPeriod; period++) {
    const length = Math.max(fewestTokens, rounds * period);
    if (length > ids.length) return undefined;
    if (hasPeriod(ids, { period, length })) return period;
  }
  return undefined;
}

function hasPeriod(
  ids: readonly number[],
  { period, length }: { readonly period: number; readonly length: number },
): boolean {
  for (let n = ids.length - length + period; n < ids.length; n++) {
    if (ids[n] !== ids[n - period]) return false;
  }
  return true;
}
