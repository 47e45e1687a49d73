import type { CallOptions, EngineEvents, Outcome } from '../protocol/engineApi';
import { failureOf } from '../protocol/failures';

/** Requests that came over a wire: each with a ticket by which it can be cancelled and hears of its progress. */
export class Requests {
  readonly #open = new Map<number, AbortController>();
  readonly #progress: EngineEvents['progress'];

  constructor(progress: EngineEvents['progress']) {
    this.#progress = progress;
  }

  /** A method in the form of the wire: tickets for signals and outcomes for errors. */
  readonly served =
    <Request, Value>(method: (request: Request, options: CallOptions) => Promise<Value>) =>
    async (ticket: number, request: Request): Promise<Outcome<Value>> => {
      const controller = new AbortController();
      this.#open.set(ticket, controller);
      const options: CallOptions = {
        signal: controller.signal,
        onProgress: (now) => {
          this.#progress(ticket, now);
        },
      };
      try {
        return { ok: true, value: await method(request, options) };
      } catch (thrown) {
        return { ok: false, failure: failureOf(thrown) };
      } finally {
        this.#open.delete(ticket);
      }
    };

  cancel(ticket: number): void {
    this.#open.get(ticket)?.abort();
  }

  cancelAll(): void {
    for (const request of this.#open.values()) request.abort();
  }
}
