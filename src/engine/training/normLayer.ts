import type { DeviceArray } from '../devices/device';
import type { TrainedWeight } from './trainedWeights';
import type { TrainingSpace } from './trainingSpace';

/** LayerNorm or RMSNorm of the hidden state, or nothing at all: then `out` is `x` itself and its gradient passes. */
export class NormLayer {
  readonly out: DeviceArray;
  readonly #space: TrainingSpace;
  readonly #x: DeviceArray;
  readonly #weight: TrainedWeight | undefined;
  readonly #bias: TrainedWeight | undefined;

  constructor(space: TrainingSpace, name: string, x: DeviceArray) {
    this.#space = space;
    this.#x = x;
    this.#weight = space.weights.find(`${name}.weight`);
    this.#bias = space.weights.find(`${name}.bias`);
    this.out = this.#weight === undefined ? x : space.memory.allocate(x.length);
  }

  forward(): void {
    const { device } = this.#space;
    const shape = this.#shape();
    if (this.#weight === undefined || shape === undefined) return;
    const weights = { weight: this.#weight.value, bias: this.#bias?.value };
    device.norm({ ...shape, ...weights, x: this.#x, out: this.out });
  }

  /** Replaces dx, or adds to it. `dx` may be `dOut` where it is replaced. */
  backward(dOut: DeviceArray, dx: DeviceArray, into: 'replace' | 'add'): void {
    const { device } = this.#space;
    const shape = this.#shape();
    if (this.#weight === undefined || shape === undefined) {
      if (into === 'add') device.add({ a: dx, b: dOut, out: dx, length: dx.length });
      return;
    }
    const { value: weight, gradient: dWeight } = this.#weight;
    const gradients = { dOut, dx, into, dWeight, dBias: this.#bias?.gradient };
    device.normBackward({ ...shape, ...gradients, x: this.#x, weight });
  }

  #shape(): { kind: 'layer' | 'rms'; rows: number; columns: number; epsilon: number } | undefined {
    const { config, rows } = this.#space;
    if (config.norm === 'none') return undefined;
    return { kind: config.norm, rows, columns: config.width, epsilon: config.normEpsilon };
  }
}
