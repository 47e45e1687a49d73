import type { Outcome } from '../../protocol/engineApi';
import { failureOf } from '../../protocol/failures';

/** Failures cross to a page as values. */
export async function outcomeOf<Value>(work: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}
