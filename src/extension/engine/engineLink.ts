/**
 * One life of the engine's worker: requests with tickets out, outcomes, health and progress in. Every request settles:
 * with its value, with its failure, as cancelled, or as crashed when the worker is gone.
 */
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import type { CallOptions, EngineApi, EngineEvents, EngineWire } from '../../protocol/engineApi';
import { TokenscopeError, fail } from '../../protocol/failures';
import type { Health, Progress } from '../../protocol/health';

/** The other end of a worker, whatever runs it. */
export interface WorkerPort {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Told once, when the worker is gone for whatever reason. */
  onGone(listener: (why: string) => void): void;
  kill(): Promise<void>;
}

export type EngineMethod = keyof EngineApi;
export type RequestOf<Method extends EngineMethod> = Parameters<EngineApi[Method]>[0];
export type AnswerOf<Method extends EngineMethod> = Awaited<ReturnType<EngineApi[Method]>>;

export class EngineLink {
  readonly #port: WorkerPort;
  readonly #wire: BirpcReturn<EngineWire, EngineEvents>;
  readonly #progress = new Map<number, (progress: Progress) => void>();
  readonly #waiting = new Set<(error: Error) => void>();
  #lastTicket = 0;
  /** What requests are told from when on the worker is gone or was ended. */
  #end: TokenscopeError | undefined;

  constructor(
    port: WorkerPort,
    events: { readonly onHealth: (health: Health) => void; readonly onGone: (why: string) => void },
  ) {
    this.#port = port;
    this.#wire = createBirpc<EngineWire, EngineEvents>(
      {
        health: events.onHealth,
        progress: (ticket, progress) => this.#progress.get(ticket)?.(progress),
      },
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
      events.onGone(why);
    });
  }

  /** Rejects with a `TokenscopeError`: the engine's failure, `cancelled`, or `engine-crashed`. */
  async call<Method extends EngineMethod>(
    method: Method,
    request: RequestOf<Method>,
    options: CallOptions = {},
  ): Promise<AnswerOf<Method>> {
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
      const outcome = (await Promise.race([answer, early])) as unknown as Awaited<
        ReturnType<EngineWire[Method]>
      >;
      if (!outcome.ok) throw new TokenscopeError(outcome.failure);
      // The wire's type is derived from the engine's method by method; the compiler cannot follow that for a free one.
      return outcome.value as AnswerOf<Method>;
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
