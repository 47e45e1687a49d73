// Some works at the same time, not all of them.

export class Lanes {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** As many works as there are lanes run at the same time; the others wait in the order in which they came. */
  constructor(lanes: number) {
    this.#free = lanes;
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
