// What training needs of a linear layer, an embedding and a norm, the loss, and what turns gradients into weights.
import type { KernelThread, Numbers } from './kernelThread';

/** out[r, c] = Σ_k A[r, k]·B[k, c] + start[r, c], strides given for every axis: output [columns, rows]. */
export function product(
  this: KernelThread,
  a: Numbers,
  b: Numbers,
  start: Numbers,
  aOffset: number,
  aRow: number,
  aDepth: number,
  bOffset: number,
  bColumn: number,
  bDepth: number,
  startOffset: number,
  startRow: number,
  started: number,
  depth: number,
): number {
  const left = aOffset + this.thread.y * aRow;
  const right = bOffset + this.thread.x * bColumn;
  let sum = start[(startOffset + this.thread.y * startRow + this.thread.x) * started] * started;
  for (let k = 0; k < depth; k++) {
    sum += a[left + k * aDepth] * b[right + k * bDepth];
  }
  return sum;
}

/**
 * sums[c] + Σ_t x[t, c]: output [columns]. A sum no larger than the rounding of its terms is 0: gradients of a key bias
 * cancel, and Adam, which divides by the size of a gradient, would take what rounding left of them for a direction.
 */
export function columnSums(
  this: KernelThread,
  x: Numbers,
  sums: Numbers,
  rows: number,
  columns: number,
): number {
  let sum = 0;
  let size = 0;
  for (let t = 0; t < rows; t++) {
    const value = x[t * columns + this.thread.x];
    sum += value;
    size += Math.abs(value);
  }
  if (Math.abs(sum) < 2.4e-7 * size) {
    return sums[this.thread.x];
  }
  return sums[this.thread.x] + sum;
}

/** table[i, c] + Σ of the rows dOut[t, c] with ids[t] = i: output [columns, rows of the table]. */
export function scatterRows(
  this: KernelThread,
  ids: Numbers,
  table: Numbers,
  dOut: Numbers,
  count: number,
  columns: number,
): number {
  let sum = table[this.thread.y * columns + this.thread.x];
  for (let t = 0; t < count; t++) {
    if (Math.abs(ids[t] - this.thread.y) < 0.5) {
      sum += dOut[t * columns + this.thread.x];
    }
  }
  return sum;
}

/** Mean of g and of g ∘ h of each row, g = dOut ∘ weight, h the normalised row: output [2, rows]. */
export function normMeans(
  this: KernelThread,
  x: Numbers,
  statistics: Numbers,
  weight: Numbers,
  dOut: Numbers,
  columns: number,
  centred: number,
): number {
  const row = this.thread.y * columns;
  const first = x[row] * centred;
  const mean = statistics[this.thread.y * 2];
  const scale = statistics[this.thread.y * 2 + 1];
  let sum = 0;
  let sumH = 0;
  for (let c = 0; c < columns; c++) {
    const g = dOut[row + c] * weight[c];
    sum += g;
    sumH += g * (x[row + c] - first - mean) * scale;
  }
  if (this.thread.x === 0) {
    return (sum / columns) * centred;
  }
  return sumH / columns;
}

/** before + scale·(g − mean(g) − h·mean(g ∘ h)): output [columns, rows]. */
export function normInputGradient(
  this: KernelThread,
  x: Numbers,
  statistics: Numbers,
  weight: Numbers,
  dOut: Numbers,
  means: Numbers,
  before: Numbers,
  columns: number,
  centred: number,
  added: number,
): number {
  const row = this.thread.y * columns;
  const at = row + this.thread.x;
  const scale = statistics[this.thread.y * 2 + 1];
  const h = (x[at] - x[row] * centred - statistics[this.thread.y * 2]) * scale;
  const g = dOut[at] * weight[this.thread.x];
  const change = scale * (g - means[this.thread.y * 2] - h * means[this.thread.y * 2 + 1]);
  return before[at * added] * added + change;
}

/** before[c] + Σ_t dOut[t, c]·h[t, c]: output [columns]. */
export function normWeightGradient(
  this: KernelThread,
  x: Numbers,
  statistics: Numbers,
  dOut: Numbers,
  before: Numbers,
  rows: number,
  columns: number,
  centred: number,
): number {
  let sum = before[this.thread.x];
  for (let t = 0; t < rows; t++) {
    const row = t * columns;
    const difference = x[row + this.thread.x] - x[row] * centred - statistics[t * 2];
    sum += dOut[row + this.thread.x] * difference * statistics[t * 2 + 1];
  }
  return sum;
}

/** −log softmax(logits[t, :])[targets[t]], 0 where the target is −1: output [rows]. */
export function losses(
  this: KernelThread,
  logits: Numbers,
  statistics: Numbers,
  targets: Numbers,
  columns: number,
): number {
  // Bitwise operations of WebGL know no negative numbers.
  if (targets[this.thread.x] < 0) {
    return 0;
  }
  const target = targets[this.thread.x] | 0;
  const sum = statistics[this.thread.x * 2 + 1];
  return statistics[this.thread.x * 2] + Math.log(sum) - logits[this.thread.x * columns + target];
}

/** scale·(softmax − one-hot), 0 where the target is −1: output [columns, rows]. */
export function logitGradient(
  this: KernelThread,
  logits: Numbers,
  statistics: Numbers,
  targets: Numbers,
  columns: number,
  scale: number,
): number {
  // Bitwise operations of WebGL know no negative numbers.
  if (targets[this.thread.y] < 0) {
    return 0;
  }
  const target = targets[this.thread.y] | 0;
  const power = Math.exp(
    logits[this.thread.y * columns + this.thread.x] - statistics[this.thread.y * 2],
  );
  const probability = power / statistics[this.thread.y * 2 + 1];
  if (this.thread.x === target) {
    return scale * (probability - 1);
  }
  return scale * probability;
}

/** Σ x² over every `parts`-th element: output [parts]. */
export function squareParts(this: KernelThread, x: Numbers, length: number, parts: number): number {
  let sum = 0;
  for (let i = this.thread.x; i < length; i += parts) {
    sum += x[i] * x[i];
  }
  return sum;
}

/** rate·before + (1 − rate)·g for Adam's mean, with g as the optimiser sees it: output [length]. */
export function adamMean(
  this: KernelThread,
  mean: Numbers,
  gradient: Numbers,
  weight: Numbers,
  beta: number,
  gradientScale: number,
  decay: number,
): number {
  const g = gradientScale * gradient[this.thread.x] + decay * weight[this.thread.x];
  const moved = beta * mean[this.thread.x] + (1 - beta) * g;
  // What is too small for float32 slows processors down and moves no weight.
  if (Math.abs(moved) < 1.17549435e-38) {
    return 0;
  }
  return moved;
}

export function adamSquare(
  this: KernelThread,
  square: Numbers,
  gradient: Numbers,
  weight: Numbers,
  beta: number,
  gradientScale: number,
  decay: number,
): number {
  const g = gradientScale * gradient[this.thread.x] + decay * weight[this.thread.x];
  const moved = beta * square[this.thread.x] + (1 - beta) * g * g;
  if (moved < 1.17549435e-38) {
    return 0;
  }
  return moved;
}

/** w·(1 − shrink) − rate·m/(√(v·squareScale) + ε): output [length]. */
export function adamWeight(
  this: KernelThread,
  weight: Numbers,
  mean: Numbers,
  square: Numbers,
  shrink: number,
  rate: number,
  squareScale: number,
  epsilon: number,
): number {
  const held = weight[this.thread.x] - shrink * weight[this.thread.x];
  const size = Math.sqrt(squareScale * square[this.thread.x]) + epsilon;
  return held - (rate * mean[this.thread.x]) / size;
}

/** momentum·velocity + gradientScale·g + decay·w: output [length]. */
export function momentum(
  this: KernelThread,
  velocity: Numbers,
  gradient: Numbers,
  weight: Numbers,
  kept: number,
  gradientScale: number,
  decay: number,
  moving: number,
): number {
  const move = gradientScale * gradient[this.thread.x] + decay * weight[this.thread.x];
  return kept * velocity[this.thread.x * moving] * moving + move;
}

/** w − rate·move: output [length]. */
export function descend(this: KernelThread, weight: Numbers, move: Numbers, rate: number): number {
  return weight[this.thread.x] - rate * move[this.thread.x];
}
