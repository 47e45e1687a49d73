/**
 * One thing read again and again from the host while it changes: a request at a time, and after it the newest that was asked
 * for meanwhile. What was read stays until something newer is there.
 */
import { signal } from '@preact/signals-core';
import type { Outcome } from '../../src/protocol/engineApi';
import type { Failure } from '../../src/protocol/failures';

interface Wish<Value> {
  readonly key: string;
  readonly read: () => Promise<Outcome<Value>>;
}

export class Pull<Value> {
  readonly value = signal<Value | undefined>(undefined);
  readonly failure = signal<Failure | undefined>(undefined);
  readonly #restMs: number;
  #asked = '';
  #wish: Wish<Value> | undefined;
  #isBusy = false;

  /** After each read it rests, so that what changes many times a second does not take all of the worker's time. */
  constructor(restMs: number) {
    this.#restMs = restMs;
  }

  /** Reads, unless what the key stands for was asked for last. */
  ask(key: string, read: Wish<Value>['read']): void {
    if (key === this.#asked) return;
    this.#asked = key;
    this.#wish = { key, read };
    if (!this.#isBusy) void this.#work();
  }

  /** Forgets what was read, such as when it belongs to another run. */
  clear(): void {
    this.#asked = '';
    this.#wish = undefined;
    this.value.value = undefined;
    this.failure.value = undefined;
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let wish = this.#wish; wish !== undefined; wish = this.#wish) {
      this.#wish = undefined;
      const outcome = await wish.read().catch((thrown: unknown): Outcome<Value> => ({
        ok: false,
        failure: { code: 'unexpected', details: { why: String(thrown) } },
      }));
      this.#take(wish.key, outcome);
      await new Promise((resolve) => setTimeout(resolve, this.#restMs));
    }
    this.#isBusy = false;
  }

  #take(key: string, outcome: Outcome<Value>): void {
    // Cleared meanwhile: nobody waits for it.
    if (this.#asked === '') return;
    if (outcome.ok) {
      this.value.value = outcome.value;
      this.failure.value = undefined;
      return;
    }
    // What cannot be read between two steps is asked for again with the next news.
    if (this.#asked === key) this.#asked = '?';
    if (!passing.has(outcome.failure.code)) this.failure.value = outcome.failure;
  }
}

const passing: ReadonlySet<Failure['code']> = new Set(['cancelled', 'lab-run-busy']);
