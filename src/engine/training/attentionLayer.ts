import type { DeviceArray, View } from '../devices/device';
import type { AttentionOp } from '../devices/trainingDevice';
import { fusedWidth } from '../model/shapes';
import { LinearLayer } from './linearLayer';
import type { TrainingSpace } from './trainingSpace';

/** Multi-head attention of every sequence of the batch, as `model/attention.ts` computes it for one. */
export class AttentionLayer {
  readonly #space: TrainingSpace;
  readonly #fused: LinearLayer;
  readonly #output: LinearLayer;
  /** [B, H, T, T] */
  readonly #pattern: DeviceArray;
  readonly #mixed: DeviceArray;

  constructor(space: TrainingSpace, block: string, x: DeviceArray) {
    const { batch, length, rows, memory } = space;
    const { heads, headSize } = space.config;
    this.#space = space;
    this.#fused = new LinearLayer(space, `${block}.attn.c_attn`, x);
    this.#pattern = memory.allocate(batch * heads * length * length);
    this.#mixed = memory.allocate(rows * heads * headSize);
    this.#output = new LinearLayer(space, `${block}.attn.c_proj`, this.#mixed);
  }

  /** What is added to the hidden state, [rows, C]. */
  get out(): DeviceArray {
    return this.#output.out;
  }

  forward(): void {
    const { device } = this.#space;
    this.#fused.forward();
    this.#rotate(this.#fused.out, (op) => {
      device.rotary(op);
    });
    device.attention({ ...this.#operands(), out: this.#mixed });
    this.#output.forward();
  }

  /** Leaves the gradient of what the layer reads in `dx`. */
  backward(dOut: DeviceArray, dx: DeviceArray): void {
    const { device, gradients } = this.#space;
    this.#output.backward(dOut, gradients.mixed);
    const { fused: dFused, mixed } = gradients;
    device.attentionBackward({ ...this.#operands(), dOut: mixed, dFused });
    this.#rotate(dFused, (op) => {
      device.rotaryBackward(op);
    });
    this.#fused.backward(dFused, dx);
  }

  #operands(): AttentionOp {
    const { batch, length, config } = this.#space;
    const { heads, keyValueHeads: keyHeads, headSize } = config;
    return {
      fused: this.#fused.out,
      pattern: this.#pattern,
      shape: { batch, length, heads, keyHeads, headSize },
      scale: 1 / Math.sqrt(headSize),
      mask: config.mask,
    };
  }

  /** Queries and keys lie side by side, and both turn by their position: as heads they are one run. */
  #rotate(fused: DeviceArray, turn: (op: Rotation) => void): void {
    const { config, batch, length } = this.#space;
    if (config.position !== 'rotary') return;
    const { heads, keyValueHeads, headSize, rotaryBase: base } = config;
    const stride = fusedWidth(config);
    for (let sequence = 0; sequence < batch; sequence++) {
      const x: View = { array: fused, offset: sequence * length * stride, stride };
      turn({ x, rows: length, heads: heads + keyValueHeads, headSize, start: 0, base });
    }
  }
}

type Rotation = Parameters<TrainingSpace['device']['rotary']>[0];
