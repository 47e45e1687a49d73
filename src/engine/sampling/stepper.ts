import type { EngineApi, GeneratedToken, StepRequest } from '../../protocol/engineApi';
import type { Distribution } from '../../protocol/sampling';
import type { Values } from '../devices/device';
import type { EngineHost } from '../host';
import { checkIds, checkWhole, windowOf } from '../ids';
import type { Decoder } from '../model/decoder';
import { checkEdits, type Edited } from '../passEdits';
import type { Pace } from '../work';
import { Prediction } from './prediction';
import { PrefixCache, type NextLogits } from './prefixCache';
import { checkSampling, checkStop } from './settings';
import { softmax } from './softmax';
import { stopReason, type StopQuestion } from './stopping';

/** How many of the most likely tokens are told with each step. */
const toldTokens = 5;

/** The most that is generated at once, in tokens and in time: who waits for it wants to see it grow. */
const mostSteps = 10_000;
const longestStepsMs = 1000;

/** Generates one token at a time from a text that is given whole each time. Owns the cache that makes this cheap. */
export class Stepper {
  readonly #decoder: Decoder;
  readonly #bytesOf: StopQuestion['bytesOf'];
  readonly #host: Pick<EngineHost, 'now'>;
  readonly #cache: PrefixCache;

  constructor(parts: {
    readonly decoder: Decoder;
    /** UTF-8 bytes of ids; called only when there are stop strings. */
    readonly bytesOf: StopQuestion['bytesOf'];
    readonly host: Pick<EngineHost, 'now'>;
  }) {
    this.#decoder = parts.decoder;
    this.#bytesOf = parts.bytesOf;
    this.#host = parts.host;
    this.#cache = new PrefixCache(parts.decoder);
  }

  /** Throws `text-empty`, `id-out-of-range`, `setting-invalid`, `cancelled`. */
  async step(request: StepRequest, pace: Pace): Promise<GeneratedToken> {
    const { ids, promptLength, sampling, stop, choice } = request;
    checkIds(ids, this.#decoder.config.vocabulary);
    checkWhole('promptLength', promptLength, [0, ids.length]);
    checkSampling(sampling);
    checkStop(stop);
    const started = this.#host.now();
    const { logits, use } = await this.#logitsAfter(request, pace);
    const prediction = new Prediction(logits, sampling, this.#seen(ids));
    const pick =
      choice === undefined ? prediction.pick(ids.length - promptLength) : prediction.choose(choice);
    const stopped = stopReason({
      generated: [...ids.subarray(promptLength), pick.id],
      stop,
      endId: this.#decoder.config.endId,
      bytesOf: this.#bytesOf,
    });
    return {
      ...pick,
      ...(choice === undefined ? {} : { chosen: true }),
      logit: logits[pick.id],
      surprisalBits: surprisalOf(pick.id, logits),
      entropyBits: prediction.entropyBits,
      top: prediction.top(toldTokens),
      stopped,
      cache: use,
      ms: this.#host.now() - started,
      device: this.#decoder.device.name,
    };
  }

  /** As `step`, again and again; other requests are let in between. `most` in [1, 10,000], `ms` in [0, 1,000]. */
  async steps(
    { most, ms, ...request }: Parameters<EngineApi['steps']>[0],
    pace: Pace,
  ): Promise<readonly GeneratedToken[]> {
    checkWhole('most', most, [1, mostSteps]);
    checkWhole('ms', ms, [0, longestStepsMs]);
    const until = this.#host.now() + ms;
    const tokens: GeneratedToken[] = [];
    let { ids } = request;
    do {
      await pace.pause();
      const token = await this.step({ ...request, ids }, pace);
      tokens.push(token);
      if (token.stopped !== undefined) break;
      ids = Int32Array.of(...ids, token.id);
    } while (tokens.length < most && this.#host.now() < until);
    return tokens;
  }

  /** Throws `text-empty`, `id-out-of-range`, `setting-invalid`, `cancelled`. */
  async predict(
    { ids, sampling, step, rows }: Parameters<EngineApi['predict']>[0],
    pace: Pace,
  ): Promise<Distribution> {
    checkIds(ids, this.#decoder.config.vocabulary);
    checkSampling(sampling);
    checkWhole('step', step, [0, Number.MAX_SAFE_INTEGER]);
    checkWhole('rows', rows, [0, Number.MAX_SAFE_INTEGER]);
    const { logits } = await this.#cache.logitsAfter(ids, pace);
    return new Prediction(logits, sampling, this.#seen(ids)).distribution(step, rows);
  }

  dispose(): void {
    this.#cache.dispose();
  }

  #seen(ids: Int32Array): Int32Array {
    return windowOf(ids, this.#decoder.config.context).ids;
  }

  /** Keys and values of an edited pass are no other pass's: it runs whole. */
  #logitsAfter({ ids, mask, positions }: StepRequest, pace: Pace): Promise<NextLogits> {
    if (mask === undefined && positions === undefined) return this.#cache.logitsAfter(ids, pace);
    return this.#editedLogits({ ids, mask, positions }, pace);
  }

  async #editedLogits(
    { ids, ...edits }: Pick<StepRequest, 'ids'> & Edited,
    pace: Pace,
  ): Promise<NextLogits> {
    const { context } = this.#decoder.config;
    const window = windowOf(ids, context);
    const computed = window.ids.length;
    checkEdits(edits, { tokens: computed, context });
    const logits = await this.#decoder.forward({
      ids: window.ids,
      ...edits,
      logits: 'last',
      breathe: pace.pause,
      signal: pace.signal,
    });
    return { logits, use: { kept: 0, computed, dropped: window.dropped } };
  }
}

function surprisalOf(id: number, logits: Values): number {
  const { sum, max } = softmax(logits, 1);
  return (Math.log(sum) + max - logits[id]) / Math.LN2;
}
