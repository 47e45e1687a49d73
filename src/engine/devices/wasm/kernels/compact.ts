// Weights kept small, brought back to float32 a few panels at a time; products then read them as any others.

/**
 * float16 to float32, `count` a multiple of 8. Shifting a float16's exponent and fraction in their places leaves the
 * exponent 112 too small, for normal and subnormal numbers alike; infinities do not occur.
 */
export function unpackHalves(source: usize, target: usize, count: i32): void {
  const end = source + ((<usize>count) << 1);
  const magnitude = i32x4.splat(0x7fff);
  const sign = i32x4.splat(0x8000);
  const scale = f32x4.splat(reinterpret<f32>(0x77800000));
  for (; source < end; source += 16, target += 32) {
    const halves = v128.load(source);
    const low = v128.extend_low<u16>(halves);
    const high = v128.extend_high<u16>(halves);
    v128.store(target, halfValue(low, magnitude, sign, scale));
    v128.store(target, halfValue(high, magnitude, sign, scale), 16);
  }
}

@inline
function halfValue(half: v128, magnitude: v128, sign: v128, scale: v128): v128 {
  const value = f32x4.mul(i32x4.shl(v128.and(half, magnitude), 13), scale);
  return v128.or(value, i32x4.shl(v128.and(half, sign), 16));
}

/** Bytes times the scale of their output, for `panels` panels of `depth` rows of 16 outputs. */
export function unpackBytes(
  source: usize,
  target: usize,
  scales: usize,
  depth: i32,
  panels: i32,
): void {
  for (let panel = 0; panel < panels; panel++, scales += 64) {
    const s0 = v128.load(scales);
    const s1 = v128.load(scales, 16);
    const s2 = v128.load(scales, 32);
    const s3 = v128.load(scales, 48);
    for (let row = 0; row < depth; row++, source += 16, target += 64) {
      storeBytes(target, v128.load_ext<i8>(source), s0, s1);
      storeBytes(target + 32, v128.load_ext<i8>(source, 8), s2, s3);
    }
  }
}

@inline
function storeBytes(target: usize, words: v128, first: v128, second: v128): void {
  const low = f32x4.convert_i32x4_s(v128.extend_low<i16>(words));
  const high = f32x4.convert_i32x4_s(v128.extend_high<i16>(words));
  v128.store(target, f32x4.mul(low, first));
  v128.store(target, f32x4.mul(high, second), 16);
}
