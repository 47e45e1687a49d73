// Optimiser steps, elementwise over a whole weight, its gradient and its state, and what clipping needs to know.
import { multiplyAdd } from './vector';

/**
 * Adam (Kingma & Ba 2015, algorithm 1), with `shrink` = 1 − rate·decay for AdamW (Loshchilov & Hutter 2019, algorithm 2)
 * and `penalty` for L2. `rate` holds the correction of the mean, `correction` = 1/(1 − β₂ᵗ) that of the variance;
 * `scale` multiplies the gradient (clipping).
 *
 * (x + c) − c rounds to multiples of 1e-18 and the variance is kept above 1e-30, both far below any epsilon: without
 * that the state of rows without gradient decays into denormals, which cost a hundred times more, and stays there.
 */
export function adam(
  count: i32,
  weight: usize,
  gradient: usize,
  mean: usize,
  variance: usize,
  rate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  correction: f32,
  shrink: f32,
  penalty: f32,
  scale: f32,
): void {
  const keep1 = f32x4.splat(beta1);
  const take1 = f32x4.splat(<f32>1 - beta1);
  const keep2 = f32x4.splat(beta2);
  const take2 = f32x4.splat(<f32>1 - beta2);
  const rounding = f32x4.splat(1.6e-11);
  const least = f32x4.splat(1e-30);
  const end = weight + ((<usize>count) << 2);
  for (; weight < end; weight += 16, gradient += 16, mean += 16, variance += 16) {
    const w = v128.load(weight);
    const g = rounded(
      multiplyAdd(w, f32x4.splat(penalty), f32x4.mul(v128.load(gradient), f32x4.splat(scale))),
      rounding,
    );
    const m = rounded(multiplyAdd(take1, g, f32x4.mul(keep1, v128.load(mean))), rounding);
    const v = f32x4.pmax(
      multiplyAdd(take2, f32x4.mul(g, g), f32x4.mul(keep2, v128.load(variance))),
      least,
    );
    v128.store(mean, m);
    v128.store(variance, v);
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(correction))), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.mul(m, f32x4.splat(rate)), size);
    v128.store(weight, f32x4.sub(f32x4.mul(w, f32x4.splat(shrink)), step));
  }
}

@inline
function rounded(x: v128, by: v128): v128 {
  return f32x4.sub(f32x4.add(x, by), by);
}

/**
 * velocity = kept·velocity + gradient·scale + decay·w; w −= rate·velocity (Sutskever et al. 2013). `velocity` 0 means none.
 */
export function descend(
  count: i32,
  weight: usize,
  gradient: usize,
  velocity: usize,
  rate: f32,
  kept: f32,
  decay: f32,
  scale: f32,
): void {
  const end = weight + ((<usize>count) << 2);
  for (; weight < end; weight += 16, gradient += 16) {
    const w = v128.load(weight);
    let move = f32x4.mul(v128.load(gradient), f32x4.splat(scale));
    move = multiplyAdd(w, f32x4.splat(decay), move);
    if (velocity) {
      move = multiplyAdd(v128.load(velocity), f32x4.splat(kept), move);
      v128.store(velocity, move);
      velocity += 16;
    }
    v128.store(weight, f32x4.sub(w, f32x4.mul(move, f32x4.splat(rate))));
  }
}

/** out = Σ x², summed in float64. */
export function sumOfSquares(count: i32, x: usize, out: usize): void {
  const end = x + ((<usize>count) << 2);
  const whole = x + ((<usize>(count & ~3)) << 2);
  let low = f64x2.splat(0);
  let high = low;
  for (; x < whole; x += 16) {
    const v = v128.load(x);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const pairs = f64x2.add(low, high);
  let sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (; x < end; x += 4) sum += <f64>load<f32>(x) * <f64>load<f32>(x);
  store<f32>(out, <f32>sum);
}
