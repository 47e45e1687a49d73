import type { Cancellation } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';

/** Throws `cancelled` when the caller no longer wants the answer. */
export function throwIfCancelled(signal: Cancellation | undefined): void {
  if (signal?.aborted === true) throw fail('cancelled', {});
}
