/** Answers by what was asked, the one asked for longest ago first to go when the large ones take too much room. */
import { signal, type Signal } from '@preact/signals-core';

interface Kept {
  readonly answer: Signal<unknown>;
  bytes: number;
}

/** Answers below this are never dropped: there is nothing to gain by it. */
const largeBytes = 2 ** 20;

export class KeptAnswers {
  readonly #limitBytes: number;
  /** In order of last use, the latest last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** The answer to what was asked before, or undefined. */
  find(key: string): Signal<unknown> | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    if (found.bytes > 0) {
      this.#kept.delete(key);
      this.#kept.set(key, found);
    }
    return found.answer;
  }

  /** A place for an answer that is on its way. */
  expect(key: string): Signal<unknown> {
    const answer = signal<unknown>(undefined);
    this.#kept.set(key, { answer, bytes: 0 });
    return answer;
  }

  /** The answer to a question came; others may go for it. */
  arrived(key: string, answer: Signal<unknown>, value: unknown): void {
    answer.value = value;
    const kept = this.#kept.get(key);
    const bytes = bytesOf(value);
    if (kept?.answer !== answer || bytes < largeBytes) return;
    kept.bytes = bytes;
    this.#bytes += bytes;
    this.find(key);
    this.#makeRoom(key);
  }

  /** What was asked may be asked again. */
  forget(key: string, answer: Signal<unknown>): void {
    if (this.#kept.get(key)?.answer === answer) this.#kept.delete(key);
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }

  #makeRoom(newest: string): void {
    for (const [key, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#limitBytes) return;
      if (bytes === 0 || key === newest) continue;
      this.#kept.delete(key);
      this.#bytes -= bytes;
    }
  }
}

/** Bytes of the arrays in an answer. */
function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + bytesOf(part), 0);
}
