import type { Cancellation } from '../protocol/engineApi';
import type { Progress } from '../protocol/health';
import type { EngineHost } from './host';
import { throwIfCancelled } from './model/cancellation';

/** How long work may go on before waiting messages are let in. */
const breathMs = 10;

/**
 * The pace of one request: long work calls `pause` as often as it likes, and messages are let in only when it is time.
 * That is how a cancellation reaches a worker that has one thread.
 */
export class Pace {
  readonly #host: Pick<EngineHost, 'now' | 'breathe'>;
  readonly #signal: Cancellation | undefined;
  #last: number;

  constructor(host: Pick<EngineHost, 'now' | 'breathe'>, signal: Cancellation | undefined) {
    this.#host = host;
    this.#signal = signal;
    this.#last = host.now();
  }

  get signal(): Cancellation | undefined {
    return this.#signal;
  }

  /** Rejects with `cancelled` once the request's signal says so. */
  readonly pause = async (): Promise<void> => {
    throwIfCancelled(this.#signal);
    if (this.#host.now() - this.#last < breathMs) return;
    await this.#host.breathe();
    this.#last = this.#host.now();
    throwIfCancelled(this.#signal);
  };
}

/** One request's pace and who listens to its progress. */
export interface Work {
  readonly pace: Pace;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}
