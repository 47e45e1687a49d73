/** Work one after another: a key that comes while the one before is still at work waits for it. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #isWaiting = false;

  /** Resolves and rejects as the work does, when all before it is done. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * For keys that are held down: one at work and one that waits; more are dropped, so that nothing goes on long after the
   * key was let go.
   */
  async takeSoon(work: () => Promise<void>): Promise<void> {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    await this.take(() => {
      this.#isWaiting = false;
      return work();
    });
  }
}
