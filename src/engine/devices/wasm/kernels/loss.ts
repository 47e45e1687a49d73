// Cross-entropy of the next token: the loss and its gradient in one pass over the logits.
import { exponential, horizontalMax, horizontalSum, lanesBelow, storeLanes } from './vector';

/**
 * losses[t] = −log softmax(logits[t, :])[targets[t]] in nats, and the logits become scale·(softmax − one at the target).
 * A target below 0 is not scored: its loss and its row are 0.
 */
export function crossEntropy(
  rows: i32,
  columns: i32,
  logits: usize,
  targets: usize,
  losses: usize,
  scale: f32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let t = 0; t < rows; t++, logits += bytes, targets += 4, losses += 4) {
    const target = load<i32>(targets);
    if (target < 0) {
      memory.fill(logits, 0, bytes);
      store<f32>(losses, 0);
      continue;
    }
    const cell = logits + ((<usize>target) << 2);
    const score = load<f32>(cell);
    const top = largest(logits, columns);
    const sum = exponentials(logits, columns, top);
    store<f32>(losses, <f32>(Math.log(sum) + (<f64>top - <f64>score)));
    scaleBy(logits, columns, <f32>(<f64>scale / sum));
    store<f32>(cell, load<f32>(cell) - scale);
  }
}

@inline
function largest(row: usize, columns: i32): f32 {
  const whole = row + ((<usize>(columns & ~3)) << 2);
  const lowest = f32x4.splat(-Infinity);
  let top = lowest;
  for (; row < whole; row += 16) top = f32x4.pmax(top, v128.load(row));
  const rest = columns & 3;
  if (rest) top = f32x4.pmax(top, v128.bitselect(v128.load(row), lowest, lanesBelow(rest)));
  return horizontalMax(top);
}

/** row = e^(row − top); returns the sum. */
@inline
function exponentials(row: usize, columns: i32, top: f32): f64 {
  const whole = row + ((<usize>(columns & ~3)) << 2);
  const shift = f32x4.splat(top);
  let sum = f32x4.splat(0);
  for (; row < whole; row += 16) {
    const e = exponential(f32x4.sub(v128.load(row), shift));
    v128.store(row, e);
    sum = f32x4.add(sum, e);
  }
  const rest = columns & 3;
  if (rest) {
    const e = v128.and(exponential(f32x4.sub(v128.load(row), shift)), lanesBelow(rest));
    storeLanes(row, e, rest);
    sum = f32x4.add(sum, e);
  }
  return <f64>horizontalSum(sum);
}

@inline
function scaleBy(row: usize, columns: i32, factor: f32): void {
  const whole = row + ((<usize>(columns & ~3)) << 2);
  const f = f32x4.splat(factor);
  for (; row < whole; row += 16) v128.store(row, f32x4.mul(v128.load(row), f));
  if (columns & 3) storeLanes(row, f32x4.mul(v128.load(row), f), columns & 3);
}
