import type { Argument } from '../work';

/**
 * The one job that threads share: a call of a kernel, cut into parts that whoever is free takes, front to back. Who takes
 * which changes nothing in the result, since every part is computed as it would be alone.
 *
 * A job is open while its phase is odd. Helpers enter before they look at it and leave when nothing is left to take; the
 * owner closes it and waits for those inside, so that nobody reads a job while the next one is written. Nobody waits for
 * a helper that did not come in time.
 */
export class SharedJob {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  /** Pairs of an argument and its step, of which float64 holds any. */
  readonly #numbers: Float64Array;
  readonly #args: number[] = [];

  /** `buffer` is another thread's. */
  constructor(buffer = new SharedArrayBuffer(bytes)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, wordCount + mostCuts);
    this.#numbers = new Float64Array(buffer, (wordCount + mostCuts) * 4);
  }

  /** How many helpers wait for a job without using the processor. */
  get sleeping(): number {
    return Atomics.load(this.#words, word.sleeping);
  }

  /** Parts that helpers have computed so far. */
  get helped(): number {
    return Atomics.load(this.#words, word.helped);
  }

  /** Owner: offers a job. A part goes from one cut to the next; the first cut is 0, and there are `mostCuts` at most. */
  open(kernel: number, cuts: readonly number[], args: readonly Argument[]): void {
    const words = this.#words;
    words[word.kernel] = kernel;
    words[word.parts] = cuts.length - 1;
    words.set(cuts, wordCount);
    words[word.arguments] = args.length;
    words[word.unitsAt] = args.indexOf('units');
    words[word.scratchAt] = args.indexOf('scratch');
    for (const [i, arg] of args.entries()) {
      this.#numbers[i * 2] = typeof arg === 'number' ? arg : typeof arg === 'object' ? arg.at : 0;
      this.#numbers[i * 2 + 1] = typeof arg === 'object' ? arg.step : 0;
    }
    Atomics.store(words, word.next, 0);
    Atomics.add(words, word.phase, 1);
    if (this.sleeping > 0) Atomics.notify(words, word.phase);
  }

  /** Owner: ends the job when all inside are done. Throws an Error when a helper failed. */
  close(): void {
    const words = this.#words;
    Atomics.add(words, word.phase, 1);
    for (let turn = 0; ; turn++) {
      const inside = Atomics.load(words, word.inside);
      if (inside === 0) break;
      if (turn > spins) Atomics.wait(words, word.inside, inside);
    }
    if (Atomics.exchange(words, word.failed, 0) !== 0)
      throw new Error('a kernel failed on a thread');
  }

  /** Owner: sends all helpers home. */
  stop(): void {
    Atomics.store(this.#words, word.stopped, 1);
    Atomics.add(this.#words, word.phase, 2);
    Atomics.notify(this.#words, word.phase);
  }

  /** Helper: waits for a job, a short while awake, then asleep; false when there will be none. */
  enter(): boolean {
    const words = this.#words;
    for (let turn = 0; Atomics.load(words, word.stopped) === 0; turn++) {
      const phase = Atomics.load(words, word.phase);
      if (isOpen(phase) && !this.#isEmpty()) {
        Atomics.add(words, word.inside, 1);
        if (isOpen(Atomics.load(words, word.phase))) return true;
        this.leave();
      } else if (turn > spins) {
        Atomics.add(words, word.sleeping, 1);
        Atomics.wait(words, word.phase, phase);
        Atomics.sub(words, word.sleeping, 1);
        turn = 0;
      }
    }
    return false;
  }

  /** Helper: is done with the job. */
  leave(): void {
    if (Atomics.sub(this.#words, word.inside, 1) === 1) Atomics.notify(this.#words, word.inside);
  }

  /** Helper: what it took is not computed. */
  fail(): void {
    Atomics.store(this.#words, word.failed, 1);
  }

  /** Takes parts until none is left. */
  take(kernels: readonly PartKernel[], scratch: number): number {
    const words = this.#words;
    const kernel = kernels[words[word.kernel]];
    const parts = words[word.parts];
    const args = this.#args;
    args.length = words[word.arguments];
    const [unitsAt, scratchAt] = [words[word.unitsAt], words[word.scratchAt]];
    for (let taken = 0; ; taken++) {
      const part = Atomics.add(words, word.next, 1);
      if (part >= parts) return taken;
      const first = words[wordCount + part];
      for (let i = 0; i < args.length; i++) {
        args[i] = this.#numbers[i * 2] + first * this.#numbers[i * 2 + 1];
      }
      if (unitsAt >= 0) args[unitsAt] = words[wordCount + part + 1] - first;
      if (scratchAt >= 0) args[scratchAt] = scratch;
      kernel(...args);
    }
  }

  /** Helper: takes parts and counts them. */
  help(kernels: readonly PartKernel[], scratch: number): void {
    Atomics.add(this.#words, word.helped, this.take(kernels, scratch));
  }

  #isEmpty(): boolean {
    return Atomics.load(this.#words, word.next) >= this.#words[word.parts];
  }
}

/** A kernel as threads call it: with numbers. */
export type PartKernel = (...args: number[]) => void;

function isOpen(phase: number): boolean {
  return (phase & 1) === 1;
}

/** Where in the buffer what stands. */
const word = {
  phase: 0,
  next: 1,
  inside: 2,
  sleeping: 3,
  stopped: 4,
  failed: 5,
  helped: 6,
  kernel: 7,
  parts: 8,
  arguments: 9,
  unitsAt: 10,
  scratchAt: 11,
} as const;
const wordCount = 12;
/** Behind the words: where parts begin and the last one ends. */
const mostCuts = 300;
const mostArguments = 24;
const bytes = (wordCount + mostCuts) * 4 + mostArguments * 16;

/** Turns of waiting awake, about 50 µs: jobs of one pass follow each other faster than that, and waking takes as long. */
const spins = 10_000;
