import type { Device, LinearOp } from '../device';
import { ownMatrix, valuesOf } from './referenceMemory';

/** Products with a weight matrix, and rows of an embedding table. */

/** out[t, o] = Σ_i x[t, i]·W[i, o] + b[o]. */
export function linear(op: LinearOp): void {
  const { values: weight, inputs, outputs, inputStride, outputStride } = ownMatrix(op.weight);
  const [x, out] = [valuesOf(op.x), valuesOf(op.out)];
  const bias = op.bias === undefined ? undefined : valuesOf(op.bias);
  const xOffset = op.xOffset ?? 0;
  for (let t = 0; t < op.rows; t++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias === undefined ? 0 : bias[o];
      for (let i = 0; i < inputs; i++) {
        sum += x[xOffset + t * inputs + i] * weight[i * inputStride + o * outputStride];
      }
      out[t * outputs + o] = sum;
    }
  }
}

/** out[t, h, c] = Σ_d z[t, h, d]·W[h·D + d, c]: summed over h and with the bias added, this is `linear`. */
export function linearPerHead(op: Parameters<Device['linearPerHead']>[0]): void {
  const { values: weight, outputs, inputStride, outputStride } = ownMatrix(op.weight);
  const [z, out] = [valuesOf(op.z), valuesOf(op.out)];
  for (let row = 0; row < op.rows * op.heads; row++) {
    const head = row % op.heads;
    for (let c = 0; c < outputs; c++) {
      let sum = 0;
      for (let d = 0; d < op.headSize; d++) {
        const input = head * op.headSize + d;
        sum += z[row * op.headSize + d] * weight[input * inputStride + c * outputStride];
      }
      out[row * outputs + c] = sum;
    }
  }
}

/** out[t, :] = row ids[t] of the table. */
export function gather(op: Parameters<Device['gather']>[0]): void {
  const { values, inputs, inputStride, outputStride } = ownMatrix(op.table);
  const out = valuesOf(op.out);
  for (let t = 0; t < op.ids.length; t++) {
    for (let c = 0; c < inputs; c++) {
      out[t * inputs + c] = values[c * inputStride + op.ids[t] * outputStride];
    }
  }
}
