// The bare wire to an engine: tickets and outcomes, nothing that would hide what goes over it.
import assert from 'node:assert/strict';
import { createBirpc } from 'birpc';
import type { EngineApi, EngineEvents, EngineWire } from '../../src/protocol/engineApi';
import type { Health, Progress } from '../../src/protocol/health';

/** A port of either kind that Node has. */
interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

type Answer<Method extends keyof EngineApi> = Awaited<ReturnType<EngineWire[Method]>>;

export class Wire {
  readonly healths: Health[] = [];
  readonly progress: { readonly ticket: number; readonly progress: Progress }[] = [];
  /** Called with every progress that arrives. */
  onProgress: ((ticket: number) => void) | undefined;
  readonly #rpc;
  #ticket = 0;

  constructor(port: Port) {
    const events: EngineEvents = {
      health: (health) => this.healths.push(health),
      progress: (ticket, progress) => {
        this.progress.push({ ticket, progress });
        this.onProgress?.(ticket);
      },
    };
    this.#rpc = createBirpc<EngineWire, EngineEvents>(events, {
      post: (message) => {
        port.postMessage(message);
      },
      on: (listener) => port.on('message', listener),
      timeout: -1,
    });
  }

  /** Sends a request and gives its ticket with the answer to come. */
  send<Method extends keyof EngineApi>(
    method: Method,
    request: Parameters<EngineApi[Method]>[0],
  ): { readonly ticket: number; readonly answer: Promise<Answer<Method>> } {
    const ticket = ++this.#ticket;
    const raw: Promise<unknown> = this.#rpc.$callRaw({ method, args: [ticket, request] });
    return { ticket, answer: raw as Promise<Answer<Method>> };
  }

  /** The value of a request that must succeed. */
  async ask<Method extends keyof EngineApi>(
    method: Method,
    request: Parameters<EngineApi[Method]>[0],
  ): Promise<Awaited<ReturnType<EngineApi[Method]>>> {
    const outcome = await this.send(method, request).answer;
    assert.ok(outcome.ok, `${method}: ${JSON.stringify(outcome)}`);
    return outcome.value as Awaited<ReturnType<EngineApi[Method]>>;
  }

  cancel(ticket: number): Promise<void> {
    return this.#rpc.$callEvent('cancel', ticket);
  }
}

/** The code of a request that must fail. */
export async function failureCode(
  answer: Promise<{ readonly ok: boolean; readonly failure?: { readonly code: string } }>,
): Promise<string | undefined> {
  const outcome = await answer;
  assert.equal(outcome.ok, false, 'it succeeded');
  return outcome.failure?.code;
}
