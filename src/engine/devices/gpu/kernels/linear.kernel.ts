// Products with a resident matrix, or a part of it from an output on, whose element (input i, output o) is at
// i·inputStride + o·outputStride.
import type { KernelThread, Numbers } from './kernelThread';

/** out[t, o] = Σ_k x[t, k]·W[k, o] + bias[o]: output [outputs, rows]. */
export function linear(
  this: KernelThread,
  x: Numbers,
  weight: Numbers,
  bias: Numbers,
  xOffset: number,
  depth: number,
  inputStride: number,
  outputStride: number,
  biased: number,
  firstOutput: number,
): number {
  const row = xOffset + this.thread.y * depth;
  const column = this.thread.x * outputStride;
  let sum = 0;
  for (let k = 0; k < depth; k++) {
    sum += x[row + k] * weight[column + k * inputStride];
  }
  return sum + bias[(firstOutput + this.thread.x) * biased];
}

/** out[t, h, c] = Σ_d z[t, h, d]·W[h·D + d, c]: output [outputs, heads, rows]. */
export function linearPerHead(
  this: KernelThread,
  z: Numbers,
  weight: Numbers,
  heads: number,
  headSize: number,
  inputStride: number,
  outputStride: number,
): number {
  const row = (this.thread.z * heads + this.thread.y) * headSize;
  const column = this.thread.x * outputStride + this.thread.y * headSize * inputStride;
  let sum = 0;
  for (let d = 0; d < headSize; d++) {
    sum += z[row + d] * weight[column + d * inputStride];
  }
  return sum;
}

/** out[t, i] = W[i, ids[t]]: a row of an embedding table for each id; output [inputs, rows]. */
export function gather(
  this: KernelThread,
  ids: Numbers,
  weight: Numbers,
  inputStride: number,
  outputStride: number,
): number {
  // The bitwise operation makes the id a whole number, so that the place is exact beyond 2^24 too.
  const output = ids[this.thread.y] | 0;
  return weight[this.thread.x * inputStride + output * outputStride];
}

/** `gather` from a part of the table; rows that are in none are those of before, or zeros where nothing is `held`. */
export function gatherPart(
  this: KernelThread,
  before: Numbers,
  ids: Numbers,
  weight: Numbers,
  first: number,
  outputs: number,
  inputs: number,
  inputStride: number,
  outputStride: number,
  held: number,
): number {
  const output = (ids[this.thread.y] | 0) - first;
  if (output >= 0 && output < outputs) {
    return weight[this.thread.x * inputStride + output * outputStride];
  }
  return before[(this.thread.y * inputs + this.thread.x) * held];
}
