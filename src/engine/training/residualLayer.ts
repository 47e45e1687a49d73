import type { DeviceArray } from '../devices/device';
import type { DropoutLayer } from './dropout';
import { NormLayer } from './normLayer';
import type { TrainingSpace } from './trainingSpace';

/** What stands between the hidden state and itself: attention or the feed-forward network. */
export interface InnerLayer {
  readonly out: DeviceArray;
  forward(): void;
  /** Replaces dx by the gradient of what the layer reads. */
  backward(dOut: DeviceArray, dx: DeviceArray): void;
}

/**
 * One layer with its norm and its sum: x + f(norm(x)) where norms stand before (`pre`), norm(x + f(x)) where they stand
 * after (`post`), as in `model/block.ts`.
 */
export class ResidualLayer {
  /** The hidden state after the layer, [rows, C]. */
  readonly out: DeviceArray;
  readonly #space: TrainingSpace;
  readonly #x: DeviceArray;
  readonly #norm: NormLayer;
  readonly #inner: InnerLayer;
  readonly #sum: DeviceArray;
  readonly #drop: DropoutLayer | undefined;

  /** `make` makes the layer inside, given what it reads. */
  constructor(
    space: TrainingSpace,
    layer: { readonly norm: string; readonly make: (input: DeviceArray) => InnerLayer },
    x: DeviceArray,
  ) {
    const pre = space.config.normPlace === 'pre';
    this.#space = space;
    this.#x = x;
    this.#sum = space.memory.allocate(x.length);
    this.#norm = new NormLayer(space, layer.norm, pre ? x : this.#sum);
    this.#inner = layer.make(pre ? this.#norm.out : x);
    this.#drop = space.dropout.layer(x.length);
    this.out = pre ? this.#sum : this.#norm.out;
  }

  /** What the layer inside adds to the hidden state, [rows, C]. */
  get added(): DeviceArray {
    return this.#inner.out;
  }

  forward(): void {
    const pre = this.#space.config.normPlace === 'pre';
    if (pre) this.#norm.forward();
    this.#inner.forward();
    this.#drop?.apply({ from: this.#inner.out, to: this.#inner.out });
    const { length } = this.#sum;
    this.#space.device.add({ a: this.#x, b: this.#inner.out, out: this.#sum, length });
    if (!pre) this.#norm.forward();
  }

  /** Turns the gradient of `out`, held in `gradients.residual`, into that of `x`. */
  backward(): void {
    const { device, config, gradients } = this.#space;
    const { residual, input } = gradients;
    if (config.normPlace === 'post') this.#norm.backward(residual, residual, 'replace');
    // What the layer reads last is what it replaces: its gradients may lie in one array.
    const dropped = this.#drop?.apply({ from: residual, to: input }) === true;
    this.#inner.backward(dropped ? input : residual, input);
    if (config.normPlace === 'pre') this.#norm.backward(input, residual, 'add');
    else device.add({ a: residual, b: input, out: residual, length: residual.length });
  }
}
