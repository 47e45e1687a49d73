import type { DeviceArray } from '../devices/device';
import { LinearLayer } from './linearLayer';
import type { TrainingSpace } from './trainingSpace';

/** W₂·f(W₁·x + b₁) + b₂, or gated W₂·(silu(W_gate·x) ∘ W₁·x), as in `model/feedForward.ts`. */
export class FeedForwardLayer {
  readonly #space: TrainingSpace;
  readonly #up: LinearLayer;
  readonly #gate: LinearLayer | undefined;
  readonly #down: LinearLayer;
  /** f of what enters the non-linearity, [rows, F]. */
  readonly #activated: DeviceArray;
  /** What W₂ reads; without a gate it is `#activated`. */
  readonly hidden: DeviceArray;

  constructor(space: TrainingSpace, block: string, x: DeviceArray) {
    const { config, rows, memory } = space;
    this.#space = space;
    this.#up = new LinearLayer(space, `${block}.mlp.c_fc`, x);
    const gated = config.activation === 'silu_gated';
    this.#gate = gated ? new LinearLayer(space, `${block}.mlp.c_gate`, x) : undefined;
    this.#activated = memory.allocate(rows * config.hidden);
    this.hidden = gated ? memory.allocate(rows * config.hidden) : this.#activated;
    this.#down = new LinearLayer(space, `${block}.mlp.c_proj`, this.hidden);
  }

  /** What is added to the hidden state, [rows, C]. */
  get out(): DeviceArray {
    return this.#down.out;
  }

  forward(): void {
    const { device, config } = this.#space;
    const { length } = this.#activated;
    this.#up.forward();
    this.#gate?.forward();
    const x = (this.#gate ?? this.#up).out;
    device.activation({ kind: config.activation, x, out: this.#activated, length });
    if (this.#gate !== undefined) {
      device.multiply({ a: this.#activated, b: this.#up.out, out: this.hidden, length });
    }
    this.#down.forward();
  }

  /** Leaves the gradient of what the layer reads in `dx`. */
  backward(dOut: DeviceArray, dx: DeviceArray): void {
    const { device, config, gradients } = this.#space;
    const { hidden: dHidden, gate: dGate } = gradients;
    const { activation: kind } = config;
    const { length } = this.#activated;
    this.#down.backward(dOut, dHidden);
    if (this.#gate === undefined) {
      device.activationBackward({ kind, x: this.#up.out, dOut: dHidden, dx: dHidden, length });
      this.#up.backward(dHidden, dx);
      return;
    }
    device.multiply({ a: dHidden, b: this.#up.out, out: dGate, length });
    device.activationBackward({ kind, x: this.#gate.out, dOut: dGate, dx: dGate, length });
    device.multiply({ a: dHidden, b: this.#activated, out: dHidden, length });
    this.#up.backward(dHidden, dx);
    this.#gate.backward(dGate, dx, 'add');
  }
}
