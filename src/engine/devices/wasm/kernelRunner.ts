import type { Kernels } from './kernelModule';
import type { PartKernel } from './threads/sharedJob';
import type { ThreadPool } from './threads/threadPool';
import type { Argument, Work } from './work';

/** Calls kernels: alone, or in parts on several threads where the work is large enough for that. */
export class KernelRunner {
  readonly #kernels: Kernels;
  readonly #scratch: number;
  readonly #pool: ThreadPool | undefined;
  readonly #args: number[] = [];

  /** `scratch` is the address of this thread's room that products work in. The caller owns the pool. */
  constructor(kernels: Kernels, scratch: number, pool: ThreadPool | undefined) {
    this.#kernels = kernels;
    this.#scratch = scratch;
    this.#pool = pool;
  }

  /** Everything has run when it returns. */
  run<Name extends keyof Kernels>(name: Name, work: Work, args: ArgumentsOf<Name>): void {
    // The type is checked at the call; from here on it is a list.
    const list = args as readonly Argument[];
    if (this.#pool?.isWorth(work) === true) this.#pool.run(name, work, list);
    else this.#runWhole(this.#kernels[name], work, list);
  }

  #runWhole(kernel: PartKernel, work: Work, args: readonly Argument[]): void {
    const whole = this.#args;
    whole.length = args.length;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (typeof arg === 'number') whole[i] = arg;
      else if (typeof arg === 'object') whole[i] = arg.at;
      else whole[i] = arg === 'units' ? work.units : this.#scratch;
    }
    kernel(...whole);
  }
}

type ArgumentsOf<Name extends keyof Kernels> = ArgumentList<Parameters<Kernels[Name]>>;
type ArgumentList<Numbers extends readonly unknown[]> = {
  readonly [Place in keyof Numbers]: Argument;
};
