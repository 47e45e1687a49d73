import type { DeviceArray } from '../devices/device';
import type { TrainedWeight } from './trainedWeights';
import { dense, type TrainingSpace } from './trainingSpace';

/** out = x·W + b, with W [inputs, outputs]. */
export class LinearLayer {
  readonly out: DeviceArray;
  readonly #space: TrainingSpace;
  readonly #x: DeviceArray;
  readonly #weight: TrainedWeight;
  readonly #bias: TrainedWeight | undefined;
  readonly #inputs: number;
  readonly #outputs: number;

  /** `name` is that of the weights without `.weight`. */
  constructor(space: TrainingSpace, name: string, x: DeviceArray) {
    this.#space = space;
    this.#x = x;
    this.#weight = space.weights.get(`${name}.weight`);
    this.#bias = space.weights.find(`${name}.bias`);
    [this.#inputs, this.#outputs] = [this.#weight.shape[0], this.#weight.shape[1]];
    this.out = space.memory.allocate(space.rows * this.#outputs);
  }

  forward(): void {
    this.#space.device.product({
      a: dense(this.#x, this.#inputs),
      b: dense(this.#weight.value, this.#outputs),
      out: dense(this.out, this.#outputs),
      rows: this.#space.rows,
      columns: this.#outputs,
      depth: this.#inputs,
      plus: this.#bias?.value,
    });
  }

  /** dx = dOut·Wᵀ, or added to what is there; dW += xᵀ·dOut; db += Σ dOut. */
  backward(dOut: DeviceArray, dx: DeviceArray, into: 'replace' | 'add' = 'replace'): void {
    const { device, rows } = this.#space;
    const dy = dense(dOut, this.#outputs);
    device.product({
      a: dense(this.#x, this.#inputs),
      transposed: 'a',
      b: dy,
      out: dense(this.#weight.gradient, this.#outputs),
      rows: this.#inputs,
      columns: this.#outputs,
      depth: rows,
      plus: 'out',
    });
    if (this.#bias !== undefined) {
      const sums = this.#bias.gradient;
      device.columnSums({ x: dOut, sums, rows, columns: this.#outputs });
    }
    device.product({
      a: dy,
      b: dense(this.#weight.value, this.#outputs),
      transposed: 'b',
      out: dense(dx, this.#inputs),
      rows,
      columns: this.#inputs,
      depth: this.#outputs,
      plus: into === 'add' ? 'out' : undefined,
    });
  }
}
