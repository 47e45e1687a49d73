/** Newer work cancels older: hands out a signal that is aborted when the next one is asked for. */
export class Latest {
  #current: AbortController | undefined;

  begin(): AbortSignal {
    this.cancel();
    this.#current = new AbortController();
    return this.#current.signal;
  }

  cancel(): void {
    this.#current?.abort();
    this.#current = undefined;
  }

  /** Whether newer work than the signal's has begun. */
  isSuperseded(signal: AbortSignal): boolean {
    return this.#current !== undefined && this.#current.signal !== signal;
  }

  dispose(): void {
    this.cancel();
  }
}
