/**
 * Looks for entries of a vocabulary by a regular expression, in a thread of its own for each search: an expression may
 * never come to an end, and neither an editor nor an engine may wait for that.
 */
import { Worker } from 'node:worker_threads';
import { fail, TokenscopeError } from '../../protocol/failures';
import { matcherOf } from '../../protocol/tokenSearch';
import type { ExpressionAnswer, ExpressionSearch } from '../../protocol/tokenSearch';

/** 200,000 entries take a tenth of a second, and a busy machine ten times as long. */
const usualSeconds = 5;

export class ExpressionSearcher {
  readonly #script: string;
  readonly #longestSeconds: number;

  /** `script` is the thread's bundle. */
  constructor(script: string, longestSeconds = usualSeconds) {
    this.#script = script;
    this.#longestSeconds = longestSeconds;
  }

  /** Ids by rising order. Rejects with `search-no-expression`, `search-too-slow` and `cancelled`. */
  async find(search: ExpressionSearch, signal: AbortSignal): Promise<Uint32Array> {
    if (signal.aborted) throw fail('cancelled', {});
    const { typed, table } = search;
    // Most of what is being typed is no expression yet, and needs no thread to say so.
    matcherOf({ kind: 'expression', typed });
    const { bytes, offsets } = table;
    const worker = new Worker(this.#script, { workerData: { typed, table: { bytes, offsets } } });
    try {
      const answer = await this.#answerOf(worker, typed, signal);
      if (answer.ok) return answer.value;
      throw new TokenscopeError(answer.failure);
    } finally {
      void worker.terminate();
    }
  }

  #answerOf(worker: Worker, typed: string, signal: AbortSignal): Promise<ExpressionAnswer> {
    const seconds = this.#longestSeconds;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        settle();
        reject(fail('search-too-slow', { typed, seconds }));
      }, seconds * 1000);
      const abort = (): void => {
        settle();
        reject(fail('cancelled', {}));
      };
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
      };
      signal.addEventListener('abort', abort);
      worker.once('message', (answer: ExpressionAnswer) => {
        settle();
        resolve(answer);
      });
      worker.once('error', (thrown) => {
        settle();
        reject(fail('engine-crashed', { why: thrown instanceof Error ? thrown.message : '' }));
      });
    });
  }
}
