// Moving numbers: in, out, and between views of arrays.
import type { KernelThread, Numbers } from './kernelThread';

/** A copy that stays on the device: output [length]. */
export function keep(this: KernelThread, values: Numbers): number {
  return values[this.thread.x];
}

/** out[i] = source[offset + i·stride]: output [length]. */
export function section(
  this: KernelThread,
  source: Numbers,
  offset: number,
  stride: number,
): number {
  return source[offset + this.thread.x * stride];
}

/**
 * The old array with a block of rows replaced; output [stride, rows of the whole array]. Without `held`, what is not
 * replaced is `old[0]`.
 */
export function place(
  this: KernelThread,
  old: Numbers,
  source: Numbers,
  stride: number,
  firstRow: number,
  firstColumn: number,
  rows: number,
  columns: number,
  sourceOffset: number,
  sourceStride: number,
  held: number,
): number {
  let row = this.thread.y - firstRow;
  let column = this.thread.x - firstColumn;
  if (column < 0) {
    column = column + stride;
    row = row - 1;
  }
  if (row >= 0 && row < rows && column < columns) {
    return source[sourceOffset + row * sourceStride + column];
  }
  return old[(this.thread.y * stride + this.thread.x) * held];
}

/** Rotary positions (Su et al. 2021, eq. 34) by tables [rows, D/2] of cosines and sines: output [D, heads, rows]. */
export function rotary(
  this: KernelThread,
  x: Numbers,
  cosines: Numbers,
  sines: Numbers,
  offset: number,
  stride: number,
  headSize: number,
  half: number,
): number {
  const start = offset + this.thread.z * stride + this.thread.y * headSize;
  const angles = this.thread.z * half;
  const d = this.thread.x;
  if (d < half) {
    return x[start + d] * cosines[angles + d] - x[start + d + half] * sines[angles + d];
  }
  return x[start + d] * cosines[angles + d - half] + x[start + d - half] * sines[angles + d - half];
}
