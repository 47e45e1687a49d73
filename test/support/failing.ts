// Ways to make work fail, and to see how it did.
import assert from 'node:assert/strict';
import { failureOf } from '../../src/protocol/failures';

/** Asserts that a promise rejects with a failure of that code, and gives its details. */
export async function rejectsWith(code: string, promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(() => undefined, failureOf);
  assert.ok(outcome !== undefined, `nothing failed with ${code}`);
  assert.equal(outcome.code, code, JSON.stringify(outcome));
  return outcome.details;
}

/** Aborts at the n-th breath; at once for 0. */
export function abortAfter(breaths: number): { signal: AbortSignal; tick: () => Promise<void> } {
  const controller = new AbortController();
  let left = breaths;
  if (left === 0) controller.abort();
  const tick = (): Promise<void> => {
    left--;
    if (left === 0) controller.abort();
    return Promise.resolve();
  };
  return { signal: controller.signal, tick };
}
