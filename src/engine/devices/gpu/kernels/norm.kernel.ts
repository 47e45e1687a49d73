// LayerNorm (`centred` 1) and RMSNorm (`centred` 0) of rows, in two steps: what a row needs, then its elements.
import type { KernelThread, Numbers } from './kernelThread';

/**
 * Mean and reciprocal deviation of each row: output [2, rows]. The mean is told from the row's first element on, for
 * nearly equal numbers would lose their differences in a sum of the numbers themselves.
 */
export function normStatistics(
  this: KernelThread,
  x: Numbers,
  columns: number,
  epsilon: number,
  centred: number,
): number {
  const row = this.thread.y * columns;
  const first = x[row] * centred;
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    sum += x[row + c] - first;
  }
  const mean = (sum / columns) * centred;
  let squares = 0;
  for (let i = 0; i < columns; i++) {
    const difference = x[row + i] - first - mean;
    squares += difference * difference;
  }
  if (this.thread.x === 0) {
    return mean;
  }
  return 1 / Math.sqrt(squares / columns + epsilon);
}

/** out[t, c] = (x[t, c] − mean[t])·scale[t]·weight[c] + bias[c]: output [columns, rows]. */
export function normApply(
  this: KernelThread,
  x: Numbers,
  statistics: Numbers,
  weight: Numbers,
  bias: Numbers,
  columns: number,
  centred: number,
  biased: number,
): number {
  const row = this.thread.y * columns;
  const difference = x[row + this.thread.x] - x[row] * centred - statistics[this.thread.y * 2];
  const normalized = difference * statistics[this.thread.y * 2 + 1];
  return normalized * weight[this.thread.x] + bias[this.thread.x * biased];
}
