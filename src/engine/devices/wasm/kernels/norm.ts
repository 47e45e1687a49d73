// Normalisation of rows, then weight and bias; forward and backward.
import { horizontalSum, lanesBelow, multiplyAdd, storeLanes } from './vector';

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

/**
 * dx = factor·(w − mean(w) − h·mean(w ∘ h)), with h the normalised row and w = dy ∘ weight; dWeight += Σ dy ∘ h;
 * dBias += Σ dy, `dBias` 0 where there is none. `into` adds to dx; otherwise `dx` may be `dy`.
 */
export function layerNormGradient(
  rows: i32,
  columns: i32,
  x: usize,
  weight: usize,
  dy: usize,
  dx: usize,
  into: bool,
  dWeight: usize,
  dBias: usize,
  epsilon: f32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++, x += bytes, dy += bytes, dx += bytes) {
    const exact = mean(x, columns);
    const high = <f32>exact;
    const low = <f32>(exact - <f64>high);
    const variance = sumOfSquares(x, columns, high, low) / <f32>columns;
    const factor = <f32>1 / sqrt<f32>(variance + epsilon);
    addParameterGradients(x, columns, high, low, factor, dy, dWeight, dBias);
    rowGradient(x, columns, high, low, factor, weight, dy, dx, into, true);
  }
}

/** The same without the mean: dx = factor·(w − h·mean(w ∘ h)). */
export function rmsNormGradient(
  rows: i32,
  columns: i32,
  x: usize,
  weight: usize,
  dy: usize,
  dx: usize,
  into: bool,
  dWeight: usize,
  dBias: usize,
  epsilon: f32,
): void {
  const bytes = (<usize>columns) << 2;
  for (let r = 0; r < rows; r++, x += bytes, dy += bytes, dx += bytes) {
    const factor = <f32>1 / sqrt<f32>(sumOfSquares(x, columns, 0, 0) / <f32>columns + epsilon);
    addParameterGradients(x, columns, 0, 0, factor, dy, dWeight, dBias);
    rowGradient(x, columns, 0, 0, factor, weight, dy, dx, into, false);
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

@inline
function addParameterGradients(
  x: usize,
  columns: i32,
  high: f32,
  low: f32,
  factor: f32,
  dy: usize,
  dWeight: usize,
  dBias: usize,
): void {
  const bytes = (<usize>columns) << 2;
  const whole = (<usize>(columns & ~3)) << 2;
  const rest = columns & 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const d = v128.load(dy + i);
    const w = multiplyAdd(d, normalized(x + i, high, low, factor), v128.load(dWeight + i));
    if (i < whole) v128.store(dWeight + i, w);
    else storeLanes(dWeight + i, w, rest);
    if (dBias) {
      const b = f32x4.add(d, v128.load(dBias + i));
      if (i < whole) v128.store(dBias + i, b);
      else storeLanes(dBias + i, b, rest);
    }
  }
}

@inline
function normalized(x: usize, high: f32, low: f32, factor: f32): v128 {
  const centred = f32x4.sub(f32x4.sub(v128.load(x), f32x4.splat(high)), f32x4.splat(low));
  return f32x4.mul(centred, f32x4.splat(factor));
}

@inline
function rowGradient(
  x: usize,
  columns: i32,
  high: f32,
  low: f32,
  factor: f32,
  weight: usize,
  dy: usize,
  dx: usize,
  into: bool,
  centred: bool,
): void {
  const bytes = (<usize>columns) << 2;
  const whole = (<usize>(columns & ~3)) << 2;
  const rest = columns & 3;
  const keep = lanesBelow(rest);
  let sums = f32x4.splat(0);
  let products = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    let w = f32x4.mul(v128.load(dy + i), v128.load(weight + i));
    let product = f32x4.mul(w, normalized(x + i, high, low, factor));
    if (i >= whole) {
      w = v128.and(w, keep);
      product = v128.and(product, keep);
    }
    sums = f32x4.add(sums, w);
    products = f32x4.add(products, product);
  }
  const shift = f32x4.splat(centred ? horizontalSum(sums) / <f32>columns : 0);
  const share = f32x4.splat(horizontalSum(products) / <f32>columns);
  for (let i: usize = 0; i < bytes; i += 16) {
    const w = f32x4.mul(v128.load(dy + i), v128.load(weight + i));
    const h = normalized(x + i, high, low, factor);
    let d = f32x4.mul(f32x4.sub(f32x4.sub(w, shift), f32x4.mul(h, share)), f32x4.splat(factor));
    if (into) d = f32x4.add(d, v128.load(dx + i));
    if (i < whole) v128.store(dx + i, d);
    else storeLanes(dx + i, d, rest);
  }
}
