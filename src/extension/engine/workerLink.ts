/**
 * One life of a worker: requests with tickets out, outcomes, progress and other news in. Every request settles: with its
 * value, with its failure, as cancelled, or as crashed when the worker is gone.
 */
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import type { AnswerOf, CallOptions, Outcome, RequestTo } from '../../protocol/engineApi';
import { TokenscopeError, fail } from '../../protocol/failures';
import type { Progress } from '../../protocol/health';

/** The other end of a worker, whatever runs it. */
export interface WorkerPort {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Told once, when the worker is gone for whatever reason. */
  onGone(listener: (why: string) => void): void;
  kill(): Promise<void>;
}

/** What any worker of ours serves beside its own methods. */
interface Cancellable {
  cancel(ticket: number): void;
}

/** `Api` is served by the worker under tickets; `Events` is what it tells, beside the progress of requests. */
export class WorkerLink<Api, Events extends object> {
  readonly #port: WorkerPort;
  readonly #wire: BirpcReturn<Cancellable, object>;
  readonly #progress = new Map<number, (progress: Progress) => void>();
  readonly #waiting = new Set<(error: Error) => void>();
  #lastTicket = 0;
  /** What requests are told from when on the worker is gone or was ended. */
  #end: TokenscopeError | undefined;

  constructor(port: WorkerPort, events: Omit<Events, 'progress'>, onGone: (why: string) => void) {
    this.#port = port;
    const progress = (ticket: number, now: Progress): void => {
      this.#progress.get(ticket)?.(now);
    };
    this.#wire = createBirpc<Cancellable, object>(
      { ...events, progress },
      {
        post: (message) => {
          port.post(message);
        },
        on: (listener) => {
          port.onMessage(listener);
        },
        // A large model may take minutes to load; what ends a wait is an answer, a cancellation or the worker's death.
        timeout: -1,
      },
    );
    port.onGone((why) => {
      this.#endWith(fail('engine-crashed', { why }));
      onGone(why);
    });
  }

  /** Rejects with a `TokenscopeError`: the worker's failure, `cancelled`, or `engine-crashed`. */
  async call<Method extends keyof Api & string>(
    method: Method,
    request: RequestTo<Api, Method>,
    options: CallOptions = {},
  ): Promise<AnswerOf<Api, Method>> {
    if (options.signal?.aborted === true) throw fail('cancelled', {});
    if (this.#end !== undefined) throw this.#end;
    const ticket = ++this.#lastTicket;
    if (options.onProgress !== undefined) this.#progress.set(ticket, options.onProgress);
    let settleEarly: ((error: Error) => void) | undefined;
    const early = new Promise<never>((_, reject) => (settleEarly = reject));
    const abandon = (error: Error): void => settleEarly?.(error);
    const abort = (): void => {
      // A wire that is already closed has nothing left to cancel.
      this.#wire.$callEvent('cancel', ticket).catch(() => undefined);
      abandon(fail('cancelled', {}));
    };
    this.#waiting.add(abandon);
    options.signal?.addEventListener('abort', abort);
    try {
      const answer = this.#wire.$callRaw({ method, args: [ticket, request] });
      // $callRaw takes any method's name, so its answer has no type of its own; the wire's interface says what it is.
      const outcome = (await Promise.race([answer, early])) as unknown as Outcome<
        AnswerOf<Api, Method>
      >;
      if (!outcome.ok) throw new TokenscopeError(outcome.failure);
      return outcome.value;
    } finally {
      options.signal?.removeEventListener('abort', abort);
      this.#waiting.delete(abandon);
      this.#progress.delete(ticket);
    }
  }

  /** Ends the worker; whatever still waits is told why. */
  async close(why: TokenscopeError): Promise<void> {
    this.#endWith(why);
    this.#wire.$close();
    await this.#port.kill();
  }

  #endWith(error: TokenscopeError): void {
    this.#end ??= error;
    for (const abandon of [...this.#waiting]) abandon(this.#end);
  }
}
