import type { EngineHost } from './host';
import type { Pace } from './work';

export interface Measuring {
  readonly host: EngineHost;
  readonly pace: Pace;
}

/** How long a measurement goes on at most, unless a single run takes longer. */
const longestMs = 100;

/**
 * Milliseconds of the fastest of some runs, at least one beside the first: that one is not counted, for kernels may be
 * compiled in it, and the fastest is the one that was least disturbed.
 */
export async function fastest(host: EngineHost, run: () => Promise<void>): Promise<number> {
  await run();
  const began = host.now();
  let least = Infinity;
  do {
    const started = host.now();
    await run();
    least = Math.min(least, host.now() - started);
  } while (host.now() - began < longestMs);
  return least;
}
