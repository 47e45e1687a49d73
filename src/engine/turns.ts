/** Lets one piece of work at a time use what cannot be shared, in the order they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    // The next one waits for this one's end, not for its success.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
