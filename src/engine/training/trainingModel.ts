import type { ModelConfig } from '../../protocol/modelConfig';
import type { DeviceArray, Values } from '../devices/device';
import type { TrainingDevice } from '../devices/trainingDevice';
import { Scratch } from '../model/scratch';
import { hasFeedForward, hasFinalNorm } from '../model/shapes';
import { AttentionLayer } from './attentionLayer';
import { Dropout, noDropout, type DropoutSettings } from './dropout';
import { EmbeddingLayer } from './embeddingLayer';
import { FeedForwardLayer } from './feedForwardLayer';
import { LossLayer } from './lossLayer';
import { NormLayer } from './normLayer';
import { ResidualLayer, type InnerLayer } from './residualLayer';
import type { TrainedWeights } from './trainedWeights';
import { allocateGradients, type TrainingSpace } from './trainingSpace';

/** Sequences of one length with what follows each position; a target of −1 is not scored. */
export interface Batch {
  /** [B, T] */
  readonly ids: Int32Array;
  /** [B, T] */
  readonly targets: Int32Array;
}

/**
 * The decoder of `model/decoder.ts` for batches of a fixed size, forward and backward, on weights that learn. The names of
 * the weights are the same, and so are the numbers.
 */
export class TrainingModel {
  /** Throws `out-of-memory`; nothing of its own is left on the device then. The weights stay the caller's. */
  static async create(
    on: {
      readonly device: TrainingDevice;
      readonly config: ModelConfig;
      readonly dropout?: DropoutSettings | undefined;
    },
    weights: TrainedWeights,
    size: { readonly batch: number; readonly length: number },
  ): Promise<TrainingModel> {
    const memory = new Scratch(on.device);
    try {
      const rows = size.batch * size.length;
      const gradients = allocateGradients(memory, on.config, rows);
      const dropout = new Dropout({ device: on.device, memory }, on.dropout ?? noDropout);
      const model = new TrainingModel({
        ...on,
        ...size,
        weights,
        rows,
        memory,
        gradients,
        dropout,
      });
      await model.#embedding.prepare();
      return model;
    } catch (thrown) {
      memory.free();
      throw thrown;
    }
  }

  readonly #space: TrainingSpace;
  readonly #embedding: EmbeddingLayer;
  /** Attention and feed-forward network of each block, in the order in which they run. */
  readonly #layers: readonly ResidualLayer[];
  readonly #finalNorm: NormLayer;
  readonly #loss: LossLayer;
  /** What is on the way from the embedding to the loss, named as in the catalogue. */
  readonly activations: readonly WatchedActivation[];

  private constructor(space: TrainingSpace) {
    this.#space = space;
    this.#embedding = new EmbeddingLayer(space);
    const { layers, activations } = makeLayers(space, this.#embedding);
    this.#layers = layers;
    const last = this.#layers.at(-1) ?? this.#embedding;
    this.#finalNorm = new NormLayer(space, 'ln_f', last.out);
    this.#loss = new LossLayer(space, this.#finalNorm.out);
    const final = { name: 'ln_final.normalized', array: this.#finalNorm.out };
    this.activations = hasFinalNorm(space.config) ? [...activations, final] : activations;
  }

  /** Sequences and positions of the batches it takes. */
  get size(): { readonly batch: number; readonly length: number } {
    return this.#space;
  }

  /** Mean cross-entropy of a batch, in nats, and the number of targets it is the mean of. Changes nothing. */
  async measure(batch: Batch, pause: () => Promise<void>): Promise<Loss> {
    return meanLoss(await this.losses(batch, pause), batch.targets);
  }

  /** Nats of each target of a batch, [B, T]; 0 for those that are not scored. */
  async losses(batch: Batch, pause: () => Promise<void>): Promise<Values> {
    await this.#forward(batch, pause);
    this.#loss.run(batch.targets, undefined);
    return this.#loss.read();
  }

  /**
   * The same as `measure`, and adds the gradient of the mean to the gradient of every weight. Values that are dropped out
   * are those of `step`; only here are any. Resolves when all is issued: the loss is read together with what the caller
   * reads in the same turn.
   */
  async learn(
    batch: Batch,
    pause: () => Promise<void>,
    step = 1,
  ): Promise<{ readonly loss: () => Promise<Loss> }> {
    this.#space.dropout.start(step);
    try {
      await this.#learn(batch, pause);
    } finally {
      this.#space.dropout.stop();
    }
    return { loss: async () => meanLoss(await this.#loss.read(), batch.targets) };
  }

  async #learn(batch: Batch, pause: () => Promise<void>): Promise<void> {
    await this.#forward(batch, pause);
    const { input, residual } = this.#space.gradients;
    this.#loss.run(batch.targets, input);
    this.#space.device.clear(residual);
    this.#finalNorm.backward(input, residual, 'add');
    for (const layer of this.#layers.toReversed()) {
      await pause();
      layer.backward();
    }
    this.#embedding.backward(batch.ids);
  }

  dispose(): void {
    this.#space.memory.free();
  }

  async #forward({ ids }: Batch, pause: () => Promise<void>): Promise<void> {
    this.#embedding.forward(ids);
    for (const layer of this.#layers) {
      await pause();
      layer.forward();
    }
    this.#finalNorm.forward();
    await pause();
  }
}

export interface Loss {
  /** Mean over the scored targets. */
  readonly nats: number;
  readonly targets: number;
}

function meanLoss(losses: ArrayLike<number>, targets: Int32Array): Loss {
  let sum = 0;
  let count = 0;
  for (let t = 0; t < targets.length; t++) {
    if (targets[t] < 0) continue;
    sum += losses[t];
    count++;
  }
  return { nats: sum / count, targets: count };
}

interface WatchedActivation {
  readonly name: string;
  readonly array: DeviceArray;
}

function makeLayers(
  space: TrainingSpace,
  embedding: EmbeddingLayer,
): { layers: ResidualLayer[]; activations: WatchedActivation[] } {
  const layers: ResidualLayer[] = [];
  const start = space.config.layers > 0 ? 'blocks.0.resid_pre' : 'embed';
  const activations: WatchedActivation[] = [{ name: start, array: embedding.out }];
  const add = (
    norm: string,
    inner: (x: DeviceArray) => InnerLayer,
    names: { readonly added: string; readonly sum: string },
  ): void => {
    const hidden = layers.at(-1)?.out ?? embedding.out;
    const made = new ResidualLayer(space, { norm, make: inner }, hidden);
    layers.push(made);
    activations.push({ name: names.added, array: made.added });
    activations.push({ name: names.sum, array: made.out });
  };
  for (let index = 0; index < space.config.layers; index++) {
    const [file, block] = [`h.${index}`, `blocks.${index}`];
    const more = hasFeedForward(space.config);
    add(`${file}.ln_1`, (x) => new AttentionLayer(space, file, x), {
      added: `${block}.attn_out`,
      sum: more ? `${block}.resid_mid` : `${block}.resid_post`,
    });
    if (!more) continue;
    const makeFeedForward = (x: DeviceArray): FeedForwardLayer => {
      const layer = new FeedForwardLayer(space, file, x);
      activations.push({ name: `${block}.mlp.post`, array: layer.hidden });
      return layer;
    };
    add(`${file}.ln_2`, makeFeedForward, { added: `${block}.mlp_out`, sum: `${block}.resid_post` });
  }
  return { layers, activations };
}
