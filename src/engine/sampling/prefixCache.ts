import type { CacheUse } from '../../protocol/sampling';
import type { Values } from '../devices/device';
import { windowOf } from '../ids';
import { throwIfCancelled } from '../model/cancellation';
import type { Decoder } from '../model/decoder';
import type { KeyValueCache } from '../model/keyValueCache';
import { Turns } from '../turns';
import type { Pace } from '../work';

/** Logits [V] after a sequence, and what the cache saved. */
export interface NextLogits {
  readonly logits: Values;
  readonly use: CacheUse;
}

/**
 * The key/value cache of one line of text. It finds by itself which of its rows are still right: those of the longest
 * common prefix of the ids it holds and the ids asked about. When the text is longer than the context the window slides,
 * every position changes, and all rows are computed anew.
 */
export class PrefixCache {
  readonly #decoder: Decoder;
  readonly #turns = new Turns();
  #cache: KeyValueCache | undefined;
  #held: Int32Array = new Int32Array();

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** The logits after the last id; `ids` is not empty and was checked against the vocabulary. */
  logitsAfter(ids: Int32Array, pace: Pace): Promise<NextLogits> {
    return this.#turns.take(() => this.#compute(ids, pace));
  }

  dispose(): void {
    this.#cache?.dispose();
    this.#cache = undefined;
    this.#held = new Int32Array();
  }

  async #compute(ids: Int32Array, pace: Pace): Promise<NextLogits> {
    throwIfCancelled(pace.signal);
    const { config } = this.#decoder;
    const window = windowOf(ids, config.context);
    const cache = (this.#cache ??= this.#decoder.newCache());
    // The last id always runs: its logits are what is asked for, and they are not in the cache.
    // Without a mask every row depends on every token, and none stays right.
    const common = config.mask === 'none' ? 0 : commonPrefix(this.#held, window.ids);
    const kept = Math.min(common, window.ids.length - 1);
    // Until the pass has succeeded only the prefix can be relied on.
    this.#held = window.ids.slice(0, kept);
    cache.truncate(kept);
    const logits = await this.#decoder.forward({
      ids: window.ids.slice(kept),
      cache,
      logits: 'last',
      breathe: pace.pause,
      signal: pace.signal,
    });
    this.#held = window.ids;
    const use = { kept, computed: window.ids.length - kept, dropped: window.dropped };
    return { logits, use };
  }
}

function commonPrefix(a: Int32Array, b: Int32Array): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) length++;
  return length;
}
