import type { DeviceArray } from '../devices/device';
import type { TrainingDevice } from '../devices/trainingDevice';
import type { Scratch } from '../model/scratch';
import { threefry } from '../tensor/random';

/** Which values are dropped out: a share of them, by a seed. */
export interface DropoutSettings {
  /** 0 up to, not including, 1; in steps of 2⁻¹⁶. */
  readonly share: number;
  readonly seed: number;
}

export const noDropout: DropoutSettings = { share: 0, seed: 0 };

/**
 * Dropout (Srivastava et al. 2014), in the form in which the values that stay grow by 1/(1 − share), so that nothing is
 * to be done when nothing is dropped. What is dropped depends on the seed, the step and the place alone: a step that is
 * made again drops the same.
 */
export class Dropout {
  readonly settings: DropoutSettings;
  readonly #on: { readonly device: TrainingDevice; readonly memory: Scratch };
  #layers = 0;
  /** The step whose values are dropped; undefined while nothing is. */
  #step: number | undefined;

  constructor(
    on: { readonly device: TrainingDevice; readonly memory: Scratch },
    settings: DropoutSettings,
  ) {
    this.#on = on;
    this.settings = settings;
  }

  get step(): number | undefined {
    return this.#step;
  }

  start(step: number): void {
    this.#step = step;
  }

  stop(): void {
    this.#step = undefined;
  }

  /** Drops values of arrays of one length; undefined where nothing is ever dropped. */
  layer(length: number): DropoutLayer | undefined {
    if (this.settings.share === 0) return undefined;
    const { device, memory } = this.#on;
    return new DropoutLayer(this, { device, kept: memory.allocate(length), layer: this.#layers++ });
  }
}

export class DropoutLayer {
  readonly #dropout: Dropout;
  readonly #device: TrainingDevice;
  /** 0 for what is dropped, 1/(1 − share) for what stays. */
  readonly #kept: DeviceArray;
  readonly #layer: number;
  /** The step that `#kept` is of. */
  #step: number | undefined;

  constructor(
    dropout: Dropout,
    own: { readonly device: TrainingDevice; readonly kept: DeviceArray; readonly layer: number },
  ) {
    this.#dropout = dropout;
    this.#device = own.device;
    this.#kept = own.kept;
    this.#layer = own.layer;
  }

  /** to = from without what is dropped, forward and backward alike. False, and nothing is done, outside a step. */
  apply({ from, to }: { readonly from: DeviceArray; readonly to: DeviceArray }): boolean {
    const { step } = this.#dropout;
    if (step === undefined) return false;
    if (step !== this.#step) this.#draw(step);
    this.#device.multiply({ a: from, b: this.#kept, out: to, length: this.#kept.length });
    return true;
  }

  /** Each draw of two words decides of four values. */
  #draw(step: number): void {
    const { share, seed } = this.#dropout.settings;
    const limit = Math.round(share * 2 ** 16);
    const values = new Float32Array(this.#kept.length);
    const kept = 1 / (1 - limit / 2 ** 16);
    const high = Math.floor(seed / 2 ** 32);
    const key = threefry([seed >>> 0, high >>> 0], [dropoutStream + this.#layer, step]);
    for (let at = 0; at < values.length; at += 4) {
      const [a, b] = threefry(key, [at >>> 2, 0]);
      const parts = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
      for (let i = 0; i < 4 && at + i < values.length; i++) {
        values[at + i] = parts[i] < limit ? 0 : kept;
      }
    }
    this.#device.write(this.#kept, 0, values);
    this.#step = step;
  }
}

/** Streams of a seed for dropout: weights use those from 0 on, batches those from 2³¹ on. */
const dropoutStream = 2 ** 30;
