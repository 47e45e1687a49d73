import type { GeneratedToken, StepRequest } from '../../protocol/engineApi';
import type { EngineHost } from '../host';
import { checkIds, checkWhole } from '../ids';
import type { Decoder } from '../model/decoder';
import type { Pace } from '../work';
import { Prediction } from './prediction';
import { PrefixCache } from './prefixCache';
import { checkSampling, checkStop } from './settings';
import { stopReason, type StopQuestion } from './stopping';

/** How many of the most likely tokens are told with each step. */
const toldTokens = 5;

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
    const { ids, promptLength, sampling, stop } = request;
    checkIds(ids, this.#decoder.config.vocabulary);
    checkWhole('promptLength', promptLength, [0, ids.length]);
    checkSampling(sampling);
    checkStop(stop);
    const started = this.#host.now();
    const { logits, use } = await this.#cache.logitsAfter(ids, pace);
    const prediction = new Prediction(logits, sampling);
    const pick = prediction.pick(ids.length - promptLength);
    const stopped = stopReason({
      generated: [...ids.subarray(promptLength), pick.id],
      stop,
      endId: this.#decoder.config.endId,
      bytesOf: this.#bytesOf,
    });
    return {
      ...pick,
      logit: logits[pick.id],
      entropyBits: prediction.entropyBits,
      top: prediction.top(toldTokens),
      stopped,
      cache: use,
      ms: this.#host.now() - started,
      device: this.#decoder.device.name,
    };
  }

  dispose(): void {
    this.#cache.dispose();
  }
}
