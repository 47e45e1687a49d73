import type { HelperThreads } from '../../../host';
import type { KernelModule } from '../kernelModule';
import type { Argument, Work } from '../work';
import { partKernels, type HelperStart } from './helper';
import { SharedJob, type PartKernel } from './sharedJob';

/**
 * Threads that help with large operations. They share the device's memory, each with an instance of the kernels and room
 * of its own. Whoever made the pool disposes it.
 */
export class ThreadPool {
  readonly #job = new SharedJob();
  readonly #kernels: readonly PartKernel[];
  readonly #names: readonly string[];
  readonly #helpers: HelperThreads;
  readonly #scratch: number;
  /** What the helpers are told at their start; empty once they were started. */
  #waiting: readonly HelperStart[];

  /** The helpers start with the first work that is worth it. That takes some 50 ms, and nothing waits for them. */
  constructor(module: KernelModule, helpers: HelperThreads, scratch: number) {
    this.#names = Object.keys(module.kernels);
    this.#kernels = partKernels(module.kernels);
    this.#helpers = helpers;
    this.#scratch = scratch;
    this.#waiting = Array.from({ length: helpers.count }, () => ({
      module: module.compiled,
      memory: module.memory,
      job: this.#job.buffer,
      scratch: module.allocator.allocate(module.kernels.scratchBytes()),
    }));
  }

  /** Parts that helpers have computed so far. */
  get helped(): number {
    return this.#job.helped;
  }

  /** Whether so much work is done faster together: waking threads takes longer than calling those awake. */
  isWorth(work: Work): boolean {
    if (work.units <= work.multiple) return false;
    const { count, leastNs } = this.#helpers;
    const asleep = this.#waiting.length > 0 || this.#job.sleeping === count;
    return work.nanoseconds >= (leastNs ?? (asleep ? leastAsleepNs : leastAwakeNs));
  }

  /** Runs a kernel in parts, on this thread and those that come. */
  run(name: string, work: Work, args: readonly Argument[]): void {
    this.#start();
    this.#job.open(this.#names.indexOf(name), cuts(work, this.#helpers.count + 1), args);
    try {
      this.#job.take(this.#kernels, this.#scratch);
    } finally {
      this.#job.close();
    }
  }

  /** Ends the threads. */
  dispose(): void {
    this.#job.stop();
  }

  #start(): void {
    for (const start of this.#waiting) this.#helpers.start(start);
    this.#waiting = [];
  }
}

/**
 * Where work is cut for so many threads: each round of them takes half of what is left, the last round all. Large parts
 * read memory in long stretches, and small ones at the end let nobody wait long for a thread that was held up.
 */
function cuts({ units, multiple }: Work, threads: number): readonly number[] {
  const found = [0];
  let end = 0;
  for (let round = 1; round <= rounds; round++) {
    const share = (units - end) / (round < rounds ? 2 * threads : threads);
    const step = Math.ceil(share / multiple) * multiple;
    for (let n = 0; n < threads && end < units; n++) {
      end = Math.min(units, end + step);
      found.push(end);
    }
  }
  return found;
}

const rounds = 4;
/**
 * Below these a second thread gains nothing: calling one that is awake takes some 2 µs, waking one 10 µs on an idle
 * machine and over 100 µs on a busy one, where it takes the place of the thread that called.
 */
const leastAwakeNs = 15_000;
const leastAsleepNs = 200_000;
