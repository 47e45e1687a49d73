/**
 * Work for the GPU, one after another. Some backends take their time even to start a kernel, and the operations of a
 * device do not wait: they line up here. After a failure the rest of the line is skipped, for it would compute with what
 * was never made; the next one who waits is told, and then work goes on.
 */
export class GpuQueue {
  #tail: Promise<void> = Promise.resolve();
  #failure: { readonly thrown: unknown } | undefined;

  /** Lines up work that nobody waits for. */
  push(work: () => Promise<void> | void): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await work();
      } catch (thrown) {
        this.#failure = { thrown };
      }
    });
  }

  /** Lines up work that runs whether or not what came before it failed. */
  pushAlways(work: () => void): void {
    this.#tail = this.#tail.then(work);
  }

  /** Lines up work and waits for its result. Rejects with what went wrong in it or since somebody waited last. */
  async result<Value>(work: () => Promise<Value> | Value): Promise<Value> {
    let found: { readonly value: Value } | undefined;
    this.push(async () => {
      found = { value: await work() };
    });
    await this.#tail;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw asError(failure.thrown);
    if (found === undefined) throw new Error('The work was skipped.');
    return found.value;
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
