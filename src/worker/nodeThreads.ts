import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HelperThreads } from '../engine/host';

/**
 * Helpers for `threads` threads in all, the engine's own among them; 0 means one for every core, up to 8. Undefined when
 * that is one.
 *
 * @param script path of the built `nodeThread.ts`
 */
export function nodeThreads(script: string, threads: number): HelperThreads | undefined {
  const wanted = threads === 0 ? Math.min(availableParallelism(), mostByDefault) : threads;
  if (wanted <= 1) return undefined;
  return {
    count: wanted - 1,
    start: (start) => {
      try {
        const helper = new Worker(resolve(script), { workerData: start });
        // Nobody waits for a helper, neither when it works nor when it does not.
        helper.unref();
        helper.on('error', () => undefined);
      } catch {
        // The system has no thread left: the others do its part.
      }
    },
  };
}

/** More are seldom faster: the memory is what they share. */
const mostByDefault = 8;
/** As many as may be asked for. */
export const mostThreads = 64;
