// Softmax of attention rows over the keys that a query may see; the others become exactly 0.
// A weight below e^−80 times the row's largest is 0 too.
import {
  exponential,
  horizontalMax,
  horizontalSum,
  lanesBelow,
  multiplyAdd,
  storeLanes,
} from './vector';

/** Rows [heads, queries, keys]; query q sees keys 0 … q + past. `out` may be `scores`. */
export function softmaxCausal(
  heads: i32,
  queries: i32,
  keys: i32,
  past: i32,
  scores: usize,
  out: usize,
): void {
  const rowBytes = (<usize>keys) << 2;
  for (let h = 0; h < heads; h++) {
    for (let q = 0; q < queries; q++, scores += rowBytes, out += rowBytes) {
      const visible = min(keys, past + q + 1);
      softmaxPrefix(scores, out, visible);
      memory.fill(out + ((<usize>visible) << 2), 0, rowBytes - ((<usize>visible) << 2));
    }
  }
}

function softmaxPrefix(source: usize, target: usize, visible: i32): void {
  const whole = (<usize>(visible & ~3)) << 2;
  const rest = visible & 3;
  const keep = lanesBelow(rest);
  const lowest = f32x4.splat(-Infinity);
  let top = lowest;
  for (let i: usize = 0; i < whole; i += 16) top = f32x4.pmax(top, v128.load(source + i));
  if (rest) top = f32x4.pmax(top, v128.bitselect(v128.load(source + whole), lowest, keep));
  top = f32x4.splat(horizontalMax(top));
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < whole; i += 16) {
    const e = exponential(f32x4.sub(v128.load(source + i), top));
    v128.store(target + i, e);
    sum = f32x4.add(sum, e);
  }
  if (rest) {
    const e = v128.and(exponential(f32x4.sub(v128.load(source + whole), top)), keep);
    storeLanes(target + whole, e, rest);
    sum = f32x4.add(sum, e);
  }
  scaleRow(target, whole, rest, <f32>1 / horizontalSum(sum));
}

/** The same with a byte mask [queries, keys]: 0 hides. A row that sees nothing is all 0. */
export function softmaxMasked(
  heads: i32,
  queries: i32,
  keys: i32,
  mask: usize,
  scores: usize,
  out: usize,
): void {
  const rowBytes = (<usize>keys) << 2;
  for (let h = 0; h < heads; h++) {
    let visible = mask;
    for (let q = 0; q < queries; q++, scores += rowBytes, out += rowBytes, visible += keys) {
      softmaxSelected(scores, out, visible, keys);
    }
  }
}

function softmaxSelected(source: usize, target: usize, mask: usize, keys: i32): void {
  const rowBytes = (<usize>keys) << 2;
  const whole = (<usize>(keys & ~3)) << 2;
  const rest = keys & 3;
  const lowest = f32x4.splat(-Infinity);
  const top = largestSelected(source, mask, keys);
  if (top == -Infinity) {
    memory.fill(target, 0, rowBytes);
    return;
  }
  const shift = f32x4.splat(top);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < rowBytes; i += 16) {
    const keep = selected(mask + (i >> 2), keys - <i32>(i >> 2));
    const x = v128.bitselect(v128.load(source + i), lowest, keep);
    const e = v128.and(exponential(f32x4.sub(x, shift)), keep);
    if (i < whole) v128.store(target + i, e);
    else storeLanes(target + i, e, rest);
    sum = f32x4.add(sum, e);
  }
  scaleRow(target, whole, rest, <f32>1 / horizontalSum(sum));
}

@inline
function largestSelected(source: usize, mask: usize, keys: i32): f32 {
  const lowest = f32x4.splat(-Infinity);
  let top = lowest;
  for (let k = 0; k < keys; k += 4) {
    const keep = selected(mask + <usize>k, keys - k);
    top = f32x4.pmax(top, v128.bitselect(v128.load(source + ((<usize>k) << 2)), lowest, keep));
  }
  return horizontalMax(top);
}

/** Lanes whose mask byte is not 0, of the `left` keys that are left in the row. */
@inline
function selected(mask: usize, left: i32): v128 {
  const bytes = v128.load32_zero(mask);
  const lanes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
  return v128.and(i32x4.ne(lanes, i32x4.splat(0)), lanesBelow(left));
}

@inline
function scaleRow(row: usize, whole: usize, rest: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(row + i, f32x4.mul(v128.load(row + i), f));
  }
  if (rest) storeLanes(row + whole, f32x4.mul(v128.load(row + whole), f), rest);
}

/**
 * dScores = pattern ∘ (dPattern − Σ_k pattern·dPattern) of each row, `stride` bytes apart in all three: the backward under
 * any mask, since hidden cells of the pattern are 0. `dScores` may be `dPattern`.
 */
export function softmaxGradient(
  rows: i32,
  keys: i32,
  stride: usize,
  pattern: usize,
  dPattern: usize,
  dScores: usize,
): void {
  const whole = (<usize>(keys & ~3)) << 2;
  const rest = keys & 3;
  const keep = lanesBelow(rest);
  for (let r = 0; r < rows; r++, pattern += stride, dPattern += stride, dScores += stride) {
    let sum = f32x4.splat(0);
    let i: usize = 0;
    for (; i < whole; i += 16) {
      sum = multiplyAdd(v128.load(pattern + i), v128.load(dPattern + i), sum);
    }
    if (rest) {
      const product = f32x4.mul(v128.load(pattern + i), v128.load(dPattern + i));
      sum = f32x4.add(sum, v128.and(product, keep));
    }
    const shift = f32x4.splat(horizontalSum(sum));
    for (i = 0; i < whole; i += 16) {
      const centred = f32x4.sub(v128.load(dPattern + i), shift);
      v128.store(dScores + i, f32x4.mul(v128.load(pattern + i), centred));
    }
    if (rest) {
      const centred = f32x4.sub(v128.load(dPattern + i), shift);
      storeLanes(dScores + i, f32x4.mul(v128.load(pattern + i), centred), rest);
    }
  }
}
