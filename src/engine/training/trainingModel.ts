import type { ModelConfig } from '../../protocol/modelConfig';
import type { TrainingDevice } from '../devices/trainingDevice';
import { Scratch } from '../model/scratch';
import { hasFeedForward } from '../model/shapes';
import { AttentionLayer } from './attentionLayer';
import { EmbeddingLayer } from './embeddingLayer';
import { FeedForwardLayer } from './feedForwardLayer';
import { LossLayer } from './lossLayer';
import { NormLayer } from './normLayer';
import { ResidualLayer } from './residualLayer';
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
    on: { readonly device: TrainingDevice; readonly config: ModelConfig },
    weights: TrainedWeights,
    size: { readonly batch: number; readonly length: number },
  ): Promise<TrainingModel> {
    const memory = new Scratch(on.device);
    try {
      const rows = size.batch * size.length;
      const gradients = allocateGradients(memory, on.config, rows);
      const model = new TrainingModel({ ...on, ...size, weights, rows, memory, gradients });
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

  private constructor(space: TrainingSpace) {
    this.#space = space;
    this.#embedding = new EmbeddingLayer(space);
    this.#layers = makeLayers(space, this.#embedding);
    const last = this.#layers.at(-1) ?? this.#embedding;
    this.#finalNorm = new NormLayer(space, 'ln_f', last.out);
    this.#loss = new LossLayer(space, this.#finalNorm.out);
  }

  /** Sequences and positions of the batches it takes. */
  get size(): { readonly batch: number; readonly length: number } {
    return this.#space;
  }

  /** Mean cross-entropy of a batch, in nats, and the number of targets it is the mean of. Changes nothing. */
  async measure(batch: Batch, pause: () => Promise<void>): Promise<Loss> {
    await this.#forward(batch, pause);
    return meanLoss(await this.#loss.run(batch.targets, undefined), batch.targets);
  }

  /** The same, and adds the gradient of the mean to the gradient of every weight. */
  async learn(batch: Batch, pause: () => Promise<void>): Promise<Loss> {
    await this.#forward(batch, pause);
    const { input, residual } = this.#space.gradients;
    const losses = await this.#loss.run(batch.targets, input);
    this.#space.device.clear(residual);
    this.#finalNorm.backward(input, residual, 'add');
    for (const layer of this.#layers.toReversed()) {
      await pause();
      layer.backward();
    }
    this.#embedding.backward(batch.ids);
    return meanLoss(losses, batch.targets);
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

function makeLayers(space: TrainingSpace, embedding: EmbeddingLayer): ResidualLayer[] {
  const layers: ResidualLayer[] = [];
  let hidden = embedding.out;
  const add = (layer: ConstructorParameters<typeof ResidualLayer>[1]): void => {
    const made = new ResidualLayer(space, layer, hidden);
    layers.push(made);
    hidden = made.out;
  };
  for (let index = 0; index < space.config.layers; index++) {
    const block = `h.${index}`;
    add({ norm: `${block}.ln_1`, make: (x) => new AttentionLayer(space, block, x) });
    if (!hasFeedForward(space.config)) continue;
    add({ norm: `${block}.ln_2`, make: (x) => new FeedForwardLayer(space, block, x) });
  }
  return layers;
}
