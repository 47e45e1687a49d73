import type { CallOptions, Cancellation } from '../protocol/engineApi';
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

/** Progress is told no more often than a person can see. */
const progressMs = 30;

/** The work of one call; `report` is told of its progress too. */
export function workOf(
  host: EngineHost,
  options: CallOptions | undefined,
  report?: Work['onProgress'],
): Work {
  let toldAt = -Infinity;
  return {
    pace: new Pace(host, options?.signal),
    onProgress: (progress) => {
      if (progress.done < progress.total && host.now() - toldAt < progressMs) return;
      toldAt = host.now();
      options?.onProgress?.(progress);
      report?.(progress);
    },
  };
}
