import type { Cancellation } from '../../protocol/engineApi';
import type { ModelConfig } from '../../protocol/modelConfig';
import type { Device, Matrix, Values } from '../devices/device';
import { TimedDevice, type Stopwatch } from '../devices/timedDevice';
import { checkId, checkIds } from '../ids';
import type { Recorder } from '../tracing/recorder';
import { runBlock } from './block';
import { throwIfCancelled } from './cancellation';
import { embedTokens } from './embedTokens';
import { KeyValueCache } from './keyValueCache';
import { loadWeights } from './loadWeights';
import type { ModelWeights, NormWeights } from './modelWeights';
import { normalizeRows } from './norms';
import type { Pass } from './pass';
import { allocateArrays, configMask } from './pass';
import { predict } from './predict';
import { Scratch } from './scratch';
import { expectedShapes } from './shapes';
import type { LoadOptions } from './weightLoader';
import { WeightLoader } from './weightLoader';

/**
 * A decoder-only transformer, described by its config: ids in, logits out, every intermediate for whoever asks.
 * It owns its weights on the device and nothing else; the device outlives it.
 */
export class Decoder {
  /**
   * Loads a model onto a device. Throws `tensor-missing`, `tensor-shape`, `cancelled`, `out-of-memory` and what the
   * source throws; nothing is left on the device then.
   */
  static async load(
    options: LoadOptions & { readonly device: Device; readonly config: ModelConfig },
  ): Promise<Decoder> {
    const { device, config } = options;
    const loader = new WeightLoader(device, expectedShapes(config), options);
    try {
      throwIfCancelled(options.signal);
      const weights = await loadWeights(loader, config);
      throwIfCancelled(options.signal);
      return new Decoder({ device, config }, weights, loader);
    } catch (thrown) {
      loader.free();
      throw thrown;
    }
  }

  readonly config: ModelConfig;
  readonly device: Device;
  readonly #weights: ModelWeights;
  readonly #memory: WeightLoader;
  #enter: Pass['enter'] = () => undefined;

  private constructor(
    on: { device: Device; config: ModelConfig },
    weights: ModelWeights,
    memory: WeightLoader,
  ) {
    this.device = on.device;
    this.config = on.config;
    this.#weights = weights;
    this.#memory = memory;
  }

  /** The same decoder on the same weights, each of its operations timed. Whoever has the weights frees them. */
  timed(watch: Stopwatch & Pick<Pass, 'enter'>): Decoder {
    const device = new TimedDevice(this.device, watch);
    const timed = new Decoder({ device, config: this.config }, this.#weights, this.#memory);
    timed.#enter = watch.enter;
    return timed;
  }

  /** An empty cache of the model's full context; its maker disposes of it. Throws `out-of-memory`. */
  newCache(): KeyValueCache {
    return new KeyValueCache(this.device, this.config);
  }

  /**
   * One forward pass over `ids`, at the positions behind those of the cache. Returns logits [T, V], those of the last
   * position [1, V], or nothing, and has then extended the cache by T positions; a pass that throws leaves it as it was.
   *
   * Throws `text-empty`, `id-out-of-range`, `cancelled`, `out-of-memory`; RangeError when cache and ids together exceed
   * the context or the mask is not [T, past + T].
   */
  async forward(options: ForwardOptions): Promise<Values> {
    const { ids, cache, recorder, positions } = options;
    this.#check(options);
    const past = cache?.length ?? 0;
    const mask = options.mask ?? configMask(this.config, ids.length, past);
    const scratch = new Scratch(this.device);
    try {
      const of = { rows: ids.length, past, cache, recorder, mask, positions };
      const pass = this.#pass(of, scratch, options);
      await pass.pause();
      await embedTokens(pass, this.#weights, ids);
      for (const [index, block] of this.#weights.blocks.entries()) {
        await runBlock(pass, block, index);
        await options.breathe();
        throwIfCancelled(options.signal);
      }
      const logits = await predict(pass, this.#weights, options.logits);
      cache?.extend(ids.length);
      return logits;
    } finally {
      scratch.free();
    }
  }

  /**
   * Runs one block again from the hidden state [T, C] that enters it, for whoever records what is in it. Throws as
   * `forward`; RangeError for a block there is not, or a state of other size.
   */
  async rerunBlock(block: number, options: RerunOptions): Promise<void> {
    const { state, recorder, positions } = options;
    const weights = this.#weights.blocks[block];
    const rows = state.length / this.config.width;
    const mask = options.mask ?? configMask(this.config, rows, 0);
    if (!Number.isInteger(rows) || (mask !== undefined && mask.length !== rows * rows)) {
      throw new RangeError(`${state.length} values cannot enter a block.`);
    }
    const scratch = new Scratch(this.device);
    try {
      const of = { rows, past: 0, cache: undefined, recorder, mask, positions };
      const pass = this.#pass(of, scratch, options);
      await pass.pause();
      this.device.write(pass.arrays.residual, 0, state);
      await runBlock(pass, weights, block);
    } finally {
      scratch.free();
    }
  }

  /**
   * Reads any hidden states [rows, C] as if they were the last: final norm, then unembedding: [rows, V].
   * This is the logit lens (nostalgebraist 2020).
   */
  async unembed(hidden: Float32Array, rows: number): Promise<Values> {
    if (hidden.length !== rows * this.config.width) {
      throw new RangeError(`${hidden.length} values are not [${rows}, ${this.config.width}].`);
    }
    const { unembedding: weight, finalNorm: norm } = this.#weights;
    return this.#multiply(hidden, { weight, norm });
  }

  /**
   * Dot products of vectors [rows, C] with each row of a table of the vocabulary, without the final norm: [rows, V].
   */
  project(vectors: Float32Array, onto: 'embedding' | 'unembedding'): Promise<Values> {
    const { tokens, unembedding } = this.#weights;
    const weight = onto === 'embedding' ? tokens : unembedding;
    return this.#multiply(vectors, { weight, norm: undefined });
  }

  /** The token's row of the unembedding, [C]. Throws `id-out-of-range`. */
  unembeddingRow(id: number): Promise<Values> {
    checkId(id, this.config.vocabulary);
    return this.device.readColumn(this.#weights.unembedding, id);
  }

  /** The token's row of the embedding table, [C]. Throws `id-out-of-range`. */
  embeddingRow(id: number): Promise<Values> {
    checkId(id, this.config.vocabulary);
    return this.device.readColumn(this.#weights.tokens, id);
  }

  /** What is added to the token at a position, [C]; undefined where the config adds no position. */
  positionRow(position: number): Promise<Values | undefined> {
    const { positions } = this.#weights;
    if (positions === undefined) return Promise.resolve(undefined);
    if (!(position >= 0 && position < this.config.context)) {
      throw new RangeError(`Position ${position} is outside the context.`);
    }
    return this.device.readColumn(positions, position);
  }

  /** Frees the weights. Caches are freed by whoever made them. */
  dispose(): void {
    this.#memory.free();
  }

  #check({ ids, cache, mask, positions }: ForwardOptions): void {
    checkIds(ids, this.config.vocabulary);
    const all = (cache?.length ?? 0) + ids.length;
    if (all > this.config.context) {
      throw new RangeError(`${all} positions exceed the context of ${this.config.context}.`);
    }
    if (mask !== undefined && mask.length !== ids.length * all) {
      throw new RangeError(`The mask is not [${ids.length}, ${all}].`);
    }
    if (positions !== undefined && positions.length !== ids.length) {
      throw new RangeError(`${positions.length} positions for ${ids.length} tokens.`);
    }
  }

  #pass(
    of: Pick<Pass, 'rows' | 'past' | 'cache' | 'recorder' | 'mask' | 'positions'>,
    scratch: Scratch,
    options: Breathing,
  ): Pass {
    const { device, config } = this;
    const pause = this.#pauseOf(of.rows, options);
    const arrays = allocateArrays(scratch, config, of.rows);
    return { device, config, ...of, pause, enter: this.#enter, arrays };
  }

  /** Operations of a short pass take less than letting messages in; it does so between blocks only. */
  #pauseOf(rows: number, { breathe, signal }: Breathing): () => Promise<void> {
    const { width, hidden } = this.config;
    const long = rows * width * Math.max(width, hidden) >= longProduct;
    return async () => {
      if (long) await breathe();
      throwIfCancelled(signal);
    };
  }

  /** Vectors [rows, C], normalised where a norm is given, times a table of the vocabulary: [rows, V]. */
  async #multiply(
    vectors: Float32Array,
    by: { weight: Matrix; norm: NormWeights | undefined },
  ): Promise<Values> {
    const { device, config } = this;
    const rows = vectors.length / config.width;
    this.#enter('predict');
    const scratch = new Scratch(device);
    try {
      const x = scratch.allocate(vectors.length);
      device.write(x, 0, vectors);
      const normalized = by.norm === undefined ? x : scratch.allocate(vectors.length);
      normalizeRows({ device, config, rows }, by.norm, { x, out: normalized });
      const out = scratch.allocate(rows * config.vocabulary);
      device.linear({ x: normalized, weight: by.weight, out, rows });
      return await device.read(out);
    } finally {
      scratch.free();
    }
  }
}

/** Multiplications in one matrix product that take 10 to 20 ms: GPT-2 small reaches it with 57 tokens. */
const longProduct = 1 << 27;

interface Breathing {
  /** Awaited between blocks, and in passes whose single operations are long, between those. */
  readonly breathe: () => Promise<void>;
  readonly signal?: Cancellation | undefined;
}

export interface RerunOptions extends Breathing {
  /** The hidden state that enters the block, [T, C]. */
  readonly state: Float32Array;
  readonly recorder: Recorder;
  /** As in the pass that made the state. */
  readonly mask: Uint8Array | undefined;
  readonly positions: Int32Array | undefined;
}

export interface ForwardOptions extends Breathing {
  /** New tokens, at least one. */
  readonly ids: Int32Array;
  /** Keys and values of the tokens before them. */
  readonly cache?: KeyValueCache | undefined;
  readonly recorder?: Recorder | undefined;
  readonly logits: 'all' | 'last' | 'none';
  /** What each new token may see, [T, past + T], not 0 for yes; without it, itself and all before it. */
  readonly mask?: Uint8Array | undefined;
  /** Where each new token stands, [T], −1 for nowhere; without it, behind the cache in their order. */
  readonly positions?: Int32Array | undefined;
}
