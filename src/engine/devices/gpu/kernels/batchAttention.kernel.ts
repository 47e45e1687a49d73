// Attention of a batch, forward and backward. `fused` holds Q, K and V side by side, [B·T, stride]; a row z of scores is
// that of sequence z / heads and head z mod heads, in whole numbers.
import type { KernelThread, Numbers } from './kernelThread';

/** out[b, h, q, k] = scale·Σ_d left[b, q, h, d]·right[b, k, h′, d]: output [T, T, B·H]. */
export function batchScores(
  this: KernelThread,
  left: Numbers,
  right: Numbers,
  leftStride: number,
  rightOffset: number,
  rightStride: number,
  length: number,
  heads: number,
  headSize: number,
  group: number,
  scale: number,
): number {
  const sequence = ((this.thread.z + 0.5) / heads) | 0;
  const head = this.thread.z - sequence * heads;
  const keyHead = ((head + 0.5) / group) | 0;
  const query = (sequence * length + this.thread.y) * leftStride + head * headSize;
  const key = rightOffset + (sequence * length + this.thread.x) * rightStride + keyHead * headSize;
  let sum = 0;
  for (let d = 0; d < headSize; d++) {
    sum += left[query + d] * right[key + d];
  }
  return sum * scale;
}

/** out[b, q, h, d] = Σ_k weights[b, h, q, k]·source[b, k, h′, d]: output [D, H, B·T]. */
export function batchMix(
  this: KernelThread,
  weights: Numbers,
  source: Numbers,
  offset: number,
  stride: number,
  length: number,
  heads: number,
  headSize: number,
  group: number,
): number {
  const sequence = ((this.thread.z + 0.5) / length) | 0;
  const query = this.thread.z - sequence * length;
  const keyHead = ((this.thread.y + 0.5) / group) | 0;
  const row = ((sequence * heads + this.thread.y) * length + query) * length;
  const value = offset + sequence * length * stride + keyHead * headSize + this.thread.x;
  let sum = 0;
  for (let k = 0; k < length; k++) {
    sum += weights[row + k] * source[value + k * stride];
  }
  return sum;
}

/** The way back of `batchMix`: out[b, k, h′, d] = Σ over the heads of h′ and all q of weights·dOut: output [D, Hkv, B·T]. */
export function batchSpread(
  this: KernelThread,
  weights: Numbers,
  source: Numbers,
  stride: number,
  length: number,
  heads: number,
  headSize: number,
  group: number,
): number {
  const sequence = ((this.thread.z + 0.5) / length) | 0;
  const key = this.thread.z - sequence * length;
  let sum = 0;
  for (let g = 0; g < group; g++) {
    const head = this.thread.y * group + g;
    const cells = (sequence * heads + head) * length * length + key;
    const value = sequence * length * stride + head * headSize + this.thread.x;
    for (let q = 0; q < length; q++) {
      sum += weights[cells + q * length] * source[value + q * stride];
    }
  }
  return sum;
}

/** Σ_k P[row, k]·dP[row, k]: output [rows]. */
export function patternTotals(
  this: KernelThread,
  pattern: Numbers,
  dPattern: Numbers,
  length: number,
): number {
  const row = this.thread.x * length;
  let sum = 0;
  for (let k = 0; k < length; k++) {
    sum += pattern[row + k] * dPattern[row + k];
  }
  return sum;
}

/** dS = scale·P·(dP − total of the row): output [T, rows]. */
export function scoreGradient(
  this: KernelThread,
  pattern: Numbers,
  dPattern: Numbers,
  totals: Numbers,
  length: number,
  scale: number,
): number {
  const at = this.thread.y * length + this.thread.x;
  return scale * pattern[at] * (dPattern[at] - totals[this.thread.y]);
}
