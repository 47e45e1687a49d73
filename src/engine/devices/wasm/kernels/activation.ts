// Non-linearities of the feed-forward network, forward and backward, elementwise; `out` may be `x`, `dx` may be `dy`.
// Finite for every finite x.
import { exponential, multiplyAdd, storeLanes } from './vector';

@lazy
const table: usize = memory.data<f32>([
  -0.07135481627160026,
  -1.5957691216057308, // 0, 1: −2·√(2/π)·(0.044715, 1)
  1.0,
  80.0, // 2, 3: beyond the second a sigmoid is 0
  0.3275911,
  0.7071067811865476,
  -0.5, // 4, 5, 6: p of the erfc formula; √½; −½
  0.5307027145,
  -0.7265760135,
  0.7107068705,
  -0.142248368,
  0.127414796, // 7…11: a₅ … a₁, halved
  0.3989422804014327,
  0.21406444481880078,
  1.5957691216057308, // 12: 1/√(2π); 13, 14: 2·√(2/π)·(3·0.044715, 1)
  10.0,
  -80.0, // 15, 16: beyond these the derivatives are 0 or 1 in float32
]);

@inline
function constant(index: usize): v128 {
  return v128.load32_splat(table + (index << 2));
}

/** GELU with GPT-2's tanh: x·σ(2u), u = √(2/π)·(x + 0.044715·x³) (Hendrycks & Gimpel 2016, section 2). */
export function geluNew(x: usize, out: usize, count: i32): void {
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, out += 16) v128.store(out, geluNewOf(v128.load(x)));
  if (count & 3) storeLanes(out, geluNewOf(v128.load(x)), count & 3);
}

@inline
function geluNewOf(x: v128): v128 {
  const exponent = f32x4.mul(x, multiplyAdd(f32x4.mul(x, x), constant(0), constant(1)));
  return timesSigmoid(x, exponent);
}

/** dx = dy·(σ + x·(2u)′·σ·(1 − σ)), σ = σ(2u). */
export function geluNewGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, dy += 16, dx += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), geluNewSlope(v128.load(x))));
  }
  if (count & 3) storeLanes(dx, f32x4.mul(v128.load(dy), geluNewSlope(v128.load(x))), count & 3);
}

@inline
function geluNewSlope(x: v128): v128 {
  const limit = constant(15);
  const v = f32x4.pmin(f32x4.pmax(x, f32x4.neg(limit)), limit);
  const square = f32x4.mul(v, v);
  const sigmoid = sigmoidOf(f32x4.mul(v, multiplyAdd(square, constant(0), constant(1))));
  const inner = f32x4.mul(v, multiplyAdd(square, constant(13), constant(14)));
  return slopeOf(sigmoid, inner);
}

/** SiLU: x·σ(x) (Elfwing et al. 2017, eq. 5). */
export function silu(x: usize, out: usize, count: i32): void {
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, out += 16) v128.store(out, siluOf(v128.load(x)));
  if (count & 3) storeLanes(out, siluOf(v128.load(x)), count & 3);
}

@inline
function siluOf(x: v128): v128 {
  return timesSigmoid(x, f32x4.neg(x));
}

/** dx = dy·(σ + x·σ·(1 − σ)). */
export function siluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, dy += 16, dx += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), siluSlope(v128.load(x))));
  }
  if (count & 3) storeLanes(dx, f32x4.mul(v128.load(dy), siluSlope(v128.load(x))), count & 3);
}

@inline
function siluSlope(x: v128): v128 {
  return slopeOf(sigmoidOf(f32x4.neg(x)), f32x4.pmin(f32x4.pmax(x, constant(16)), constant(3)));
}

/** 1 / (1 + e^exponent). */
@inline
function sigmoidOf(exponent: v128): v128 {
  const one = constant(2);
  return f32x4.div(one, f32x4.add(one, exponential(exponent)));
}

/** Derivative of x·σ(g(x)): σ + x·g′·σ·(1 − σ), with `inner` = x·g′. */
@inline
function slopeOf(sigmoid: v128, inner: v128): v128 {
  const rest = f32x4.mul(sigmoid, f32x4.sub(constant(2), sigmoid));
  return multiplyAdd(inner, rest, sigmoid);
}

/** x / (1 + e^exponent), and 0 where that is below e^−80·x. */
@inline
function timesSigmoid(x: v128, exponent: v128): v128 {
  const value = f32x4.div(x, f32x4.add(constant(2), exponential(exponent)));
  return v128.andnot(value, f32x4.gt(exponent, constant(3)));
}

/** Exact GELU: x·Φ(x), as max(x, 0) − |x|·Φ(−|x|), which loses nothing for large |x|. */
export function gelu(x: usize, out: usize, count: i32): void {
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, out += 16) v128.store(out, geluOf(v128.load(x)));
  if (count & 3) storeLanes(out, geluOf(v128.load(x)), count & 3);
}

@inline
function geluOf(x: v128): v128 {
  const size = f32x4.abs(x);
  return f32x4.sub(f32x4.max(x, f32x4.splat(0)), f32x4.mul(size, tail(size)));
}

/** Φ(−z) = erfc(z/√2)/2 for z ≥ 0, error at most 7.5e-8 (Abramowitz & Stegun 1964, 7.1.26). */
@inline
function tail(z: v128): v128 {
  const one = constant(2);
  const t = f32x4.div(one, multiplyAdd(f32x4.mul(z, constant(5)), constant(4), one));
  let p = multiplyAdd(constant(7), t, constant(8));
  p = multiplyAdd(p, t, constant(9));
  p = multiplyAdd(p, t, constant(10));
  p = multiplyAdd(p, t, constant(11));
  return f32x4.mul(f32x4.mul(p, t), exponential(f32x4.mul(f32x4.mul(z, z), constant(6))));
}

/** dx = dy·(Φ(x) + x·φ(x)). */
export function geluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, dy += 16, dx += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), geluSlope(v128.load(x))));
  }
  if (count & 3) storeLanes(dx, f32x4.mul(v128.load(dy), geluSlope(v128.load(x))), count & 3);
}

@inline
function geluSlope(x: v128): v128 {
  const size = f32x4.abs(x);
  const below = tail(size);
  const positive = f32x4.gt(x, f32x4.splat(0));
  const cumulative = v128.bitselect(f32x4.sub(constant(2), below), below, positive);
  const density = exponential(f32x4.mul(f32x4.mul(x, x), constant(6)));
  return multiplyAdd(f32x4.mul(x, constant(12)), density, cumulative);
}

/** max(x, 0). */
export function relu(x: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, out += 16) v128.store(out, f32x4.max(v128.load(x), zero));
  if (count & 3) storeLanes(out, f32x4.max(v128.load(x), zero), count & 3);
}

/** dx = dy where x > 0, else 0: the slope at 0 is taken to be 0. */
export function reluGradient(x: usize, dy: usize, dx: usize, count: i32): void {
  const whole = x + ((<usize>(count & ~3)) << 2);
  for (; x < whole; x += 16, dy += 16, dx += 16) {
    v128.store(dx, f32x4.mul(v128.load(dy), reluSlope(v128.load(x))));
  }
  if (count & 3) storeLanes(dx, f32x4.mul(v128.load(dy), reluSlope(v128.load(x))), count & 3);
}

@inline
function reluSlope(x: v128): v128 {
  return v128.and(f32x4.gt(x, f32x4.splat(0)), constant(2));
}
