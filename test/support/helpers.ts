// Threads that help a wasm device, watched.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HelperThreads } from '../../src/engine/host';
import { relaxedKernels } from './wasmKernels';

/** The build with shared memory that suits this Node. */
export const sharedKernels = readFileSync(
  `dist/kernels.${WebAssembly.validate(relaxedKernels) ? 'relaxed' : 'simd'}-shared.wasm`,
);

export class WatchedHelpers implements HelperThreads {
  readonly count: number;
  readonly leastNs: number;
  readonly #ends: Promise<number>[] = [];

  /** Work of `leastNs` on is shared, by default all of it. */
  constructor(count: number, leastNs = 0) {
    this.count = count;
    this.leastNs = leastNs;
  }

  /** Exit codes of all threads; settles when they have ended. */
  get ended(): Promise<readonly number[]> {
    return Promise.all(this.#ends);
  }

  start(start: Parameters<HelperThreads['start']>[0]): void {
    const worker = new Worker(resolve('dist/thread.js'), { workerData: start });
    worker.unref();
    this.#ends.push(
      new Promise((end) => {
        worker.on('error', () => undefined);
        worker.on('exit', end);
      }),
    );
  }
}
