// Sums, products, zeros and copies. `out` may be an operand.
import { storeLanes } from './vector';

/** out = a + b. */
export function add(a: usize, b: usize, out: usize, count: i32): void {
  const whole = a + ((<usize>(count & ~3)) << 2);
  for (; a < whole; a += 16, b += 16, out += 16) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
  }
  if (count & 3) storeLanes(out, f32x4.add(v128.load(a), v128.load(b)), count & 3);
}

/** out = a ∘ b. */
export function multiplyElements(a: usize, b: usize, out: usize, count: i32): void {
  const whole = a + ((<usize>(count & ~3)) << 2);
  for (; a < whole; a += 16, b += 16, out += 16) {
    v128.store(out, f32x4.mul(v128.load(a), v128.load(b)));
  }
  if (count & 3) storeLanes(out, f32x4.mul(v128.load(a), v128.load(b)), count & 3);
}

/** Zeros. Ten times as fast as from outside, where a shared memory is filled element by element. */
export function clear(x: usize, count: i32): void {
  memory.fill(x, 0, (<usize>count) << 2);
}

/** Copies rows between places of different strides, which are elements between rows. */
export function copyRows(
  rows: i32,
  columns: i32,
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
): void {
  const bytes = (<usize>columns) << 2;
  const sourceBytes = (<usize>sourceStride) << 2;
  const targetBytes = (<usize>targetStride) << 2;
  for (let r = 0; r < rows; r++, source += sourceBytes, target += targetBytes) {
    memory.copy(target, source, bytes);
  }
}
