// How far arrays may differ, and a failure that says where they differ most.
import assert from 'node:assert/strict';

/**
 * Asserts that every value of `actual` is within `tolerance` times the largest magnitude in `expected`.
 * Relative to the largest, because a sum of many terms is wrong by a share of the terms, not of what is left of them.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: { readonly tolerance: number; readonly what: string },
): void {
  assert.equal(actual.length, expected.length, `${allowed.what}: number of values`);
  let largest = 0;
  let worst = { index: -1, difference: -1 };
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] ?? NaN, expected[i] ?? NaN];
    assert.ok(Number.isFinite(a) && Number.isFinite(e), `${allowed.what}[${i}]: ${a} against ${e}`);
    largest = Math.max(largest, Math.abs(e));
    const difference = Math.abs(a - e);
    if (difference > worst.difference) worst = { index: i, difference };
  }
  const limit = allowed.tolerance * largest;
  assert.ok(
    worst.difference <= limit,
    `${allowed.what}: largest difference ${worst.difference} at index ${worst.index} ` +
      `(${actual[worst.index]} against ${expected[worst.index]}), allowed ${limit}`,
  );
}
