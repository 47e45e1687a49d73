import type { DeviceArray, Values } from '../devices/device';
import type { TrainedWeight } from './trainedWeights';
import { dense, type TrainingSpace } from './trainingSpace';

/**
 * Unembedding and cross-entropy, a few rows at a time: all logits of a batch would be the largest array by far, and these
 * stay in the cache between their product, their softmax and the products of the way back.
 */
export class LossLayer {
  readonly #space: TrainingSpace;
  readonly #x: DeviceArray;
  readonly #table: TrainedWeight;
  /** Logits, then their gradients, [chunk, V]. */
  readonly #logits: DeviceArray;
  /** Nats of each row. */
  readonly #losses: DeviceArray;

  constructor(space: TrainingSpace, x: DeviceArray) {
    const { config, rows, memory, weights } = space;
    this.#space = space;
    this.#x = x;
    this.#table = weights.get(config.tied ? 'wte.weight' : 'lm_head.weight');
    this.#logits = memory.allocate(Math.min(rowsAtOnce, rows) * config.vocabulary);
    this.#losses = memory.allocate(rows);
  }

  /** With a `dx`, leaves the gradient of the mean loss by x there, and adds that of the table. */
  run(targets: Int32Array, dx: DeviceArray | undefined): void {
    const { device, rows, config } = this.#space;
    const { vocabulary: columns } = config;
    const scored = targets.reduce((count, target) => count + (target < 0 ? 0 : 1), 0);
    for (let first = 0; first < rows; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - first);
      this.#unembed(first, count);
      device.crossEntropy({
        logits: this.#logits,
        targets: targets.subarray(first, first + count),
        columns,
        scale: 1 / Math.max(1, scored),
        losses: this.#losses,
        offset: first,
      });
      if (dx !== undefined) this.#backward({ first, count, dx });
    }
  }

  /** Nats of each row of the last run, 0 for those with target −1. */
  read(): Promise<Values> {
    return this.#space.device.read(this.#losses);
  }

  #unembed(first: number, count: number): void {
    const { device, config } = this.#space;
    const { width, vocabulary } = config;
    device.product({
      a: dense(this.#x, width, first),
      b: dense(this.#table.value, width),
      transposed: 'b',
      out: dense(this.#logits, vocabulary),
      rows: count,
      columns: vocabulary,
      depth: width,
    });
  }

  #backward(at: { first: number; count: number; dx: DeviceArray }): void {
    const { device, config } = this.#space;
    const { width, vocabulary } = config;
    const dLogits = dense(this.#logits, vocabulary);
    device.product({
      a: dLogits,
      b: dense(this.#table.value, width),
      out: dense(at.dx, width, at.first),
      rows: at.count,
      columns: width,
      depth: vocabulary,
    });
    device.product({
      a: dLogits,
      transposed: 'a',
      b: dense(this.#x, width, at.first),
      out: dense(this.#table.gradient, width),
      rows: vocabulary,
      columns: width,
      depth: at.count,
      plus: 'out',
    });
  }
}

const rowsAtOnce = 256;
