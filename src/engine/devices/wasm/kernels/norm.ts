// Normalisation of rows, then weight and bias.
import { horizontalSum, multiplyAdd, storeLanes } from './vector';

/**
 * LayerNorm (Ba et al. 2016, eq. 4; biased variance); `bias` 0 means none. `out` may be `x`.
 *
 * The mean is summed in float64 and subtracted in two parts: a row of nearly equal values is what is left after the
 * subtraction, and a mean rounded to float32 would be wrong by as much as that.
 */
export function layerNorm(
  rows: i32,
  columns: i32,
  x: usize,
  weight: usize,
  bias: usize,
  out: usize,
  epsilon: f32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++, x += bytes, out += bytes) {
    const exact = mean(x, columns);
    const high = <f32>exact;
    const low = <f32>(exact - <f64>high);
    const variance = sumOfSquares(x, columns, high, low) / <f32>columns;
    const factor = <f32>1 / sqrt<f32>(variance + epsilon);
    scaleRow(x, columns, high, low, factor, weight, bias, out);
  }
}

/** RMSNorm (Zhang & Sennrich 2019, eq. 4); `bias` 0 means none. `out` may be `x`. */
export function rmsNorm(
  rows: i32,
  columns: i32,
  x: usize,
  weight: usize,
  bias: usize,
  out: usize,
  epsilon: f32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++, x += bytes, out += bytes) {
    const meanSquare = sumOfSquares(x, columns, 0, 0) / <f32>columns;
    scaleRow(x, columns, 0, 0, <f32>1 / sqrt<f32>(meanSquare + epsilon), weight, bias, out);
  }
}

@inline
function mean(x: usize, columns: i32): f64 {
  const end = x + ((<usize>columns) << 2);
  const whole = x + ((<usize>(columns & ~3)) << 2);
  let low = f64x2.splat(0),
    high = low;
  for (; x < whole; x += 16) {
    const v = v128.load(x);
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1)));
  }
  const pairs = f64x2.add(low, high);
  let sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (; x < end; x += 4) sum += <f64>load<f32>(x);
  return sum / <f64>columns;
}

/** Σ (x − high − low)². */
@inline
function sumOfSquares(x: usize, columns: i32, high: f32, low: f32): f32 {
  const end = x + ((<usize>columns) << 2);
  const whole = x + ((<usize>(columns & ~3)) << 2);
  const h = f32x4.splat(high),
    l = f32x4.splat(low);
  let even = f32x4.splat(0),
    odd = even;
  for (; x + 32 <= whole; x += 32) {
    const u = f32x4.sub(f32x4.sub(v128.load(x), h), l);
    const v = f32x4.sub(f32x4.sub(v128.load(x, 16), h), l);
    even = multiplyAdd(u, u, even);
    odd = multiplyAdd(v, v, odd);
  }
  for (; x < whole; x += 16) {
    const u = f32x4.sub(f32x4.sub(v128.load(x), h), l);
    even = multiplyAdd(u, u, even);
  }
  let sum = horizontalSum(f32x4.add(even, odd));
  for (; x < end; x += 4) {
    const u = load<f32>(x) - high - low;
    sum += u * u;
  }
  return sum;
}

/** out = (x − high − low)·factor ∘ weight + bias. */
@inline
function scaleRow(
  x: usize,
  columns: i32,
  high: f32,
  low: f32,
  factor: f32,
  weight: usize,
  bias: usize,
  out: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const whole = (<usize>(columns & ~3)) << 2;
  const h = f32x4.splat(high),
    l = f32x4.splat(low),
    f = f32x4.splat(factor);
  for (let i: usize = 0; i < bytes; i += 16) {
    const centred = f32x4.sub(f32x4.sub(v128.load(x + i), h), l);
    let y = f32x4.mul(f32x4.mul(centred, f), v128.load(weight + i));
    if (bias) y = f32x4.add(y, v128.load(bias + i));
    if (i < whole) v128.store(out + i, y);
    else storeLanes(out + i, y, columns & 3);
  }
}
