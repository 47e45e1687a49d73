import type { NormOp } from '../device';
import { valuesOf } from './referenceMemory';

/**
 * Brings each row to a common scale, then applies weight and bias.
 *
 * - `layer`: (x − mean) / √(variance + ε), variance over all columns, biased (Ba, Kiros & Hinton 2016, eq. 4).
 * - `rms`: x / √(mean of squares + ε) (Zhang & Sennrich 2019, eq. 4).
 */
export function normalize(op: NormOp): void {
  const [x, weight, out] = [valuesOf(op.x), valuesOf(op.weight), valuesOf(op.out)];
  const bias = op.bias === undefined ? undefined : valuesOf(op.bias);
  for (let row = 0; row < op.rows; row++) {
    const start = row * op.columns;
    const values = x.subarray(start, start + op.columns);
    const centre = op.kind === 'layer' ? mean(values) : 0;
    const scale = 1 / Math.sqrt(meanSquare(values, centre) + op.epsilon);
    for (let c = 0; c < op.columns; c++) {
      const shift = bias === undefined ? 0 : bias[c];
      out[start + c] = (values[c] - centre) * scale * weight[c] + shift;
    }
  }
}

export function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Mean of (value − centre)²: the biased variance when centre is the mean. */
export function meanSquare(values: Float64Array, centre: number): number {
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return sum / values.length;
}
