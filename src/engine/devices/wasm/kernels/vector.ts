// Four float32 lanes at a time: the pieces that every kernel is made of. All of it is inlined; no call survives.
//
// Rules of these kernels, measured on V8 11 to 13 and Chromium:
// 1. Register-tile loops are top-tested `while` loops: with `do` the registers are allocated worse (18 % slower).
// 2. Constants of a formula are loaded from static memory: `v128.const` is rebuilt in every iteration.
// 3. Loads may reach up to 12 bytes behind the last element (every allocation is padded); stores do not, except those of
//    optimisers, which work on whole arrays.

/**
 * a·b + c: in the relaxed build one instruction that rounds once, where the machine has it. Every product goes through
 * here, so that within one build all ways to the same number round alike.
 */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

@inline
export function horizontalSum(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

@inline
export function horizontalMax(a: v128): f32 {
  const pairs = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return max<f32>(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** All bits set in the first `count` lanes, none in the others. */
@inline
export function lanesBelow(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Stores the first `count` lanes, 1 ≤ count ≤ 3. */
@inline
export function storeLanes(target: usize, value: v128, count: i32): void {
  if (count & 2) {
    v128.store64_lane(target, value, 0);
    if (count & 1) v128.store32_lane(target, value, 2, 8);
  } else {
    v128.store32_lane(target, value, 0);
  }
}

@lazy
const expTable: usize = memory.data<f32>([
  -80.0,
  88.37626, // 0, 1: below the first the result is 0; above the second it stays at 2.4e38
  1.44269504088896341,
  12582912.0, // 2, 3: log2(e); 1.5·2^23, whose sum with n has n in its low bits
  -0.693359375,
  2.1219444e-4, // 4, 5: −ln 2 in two parts
  1.98756915e-4,
  1.3981999507e-3,
  8.3334519073e-3, // 6…11: polynomial
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
  1.0, // 12
]);

@inline
function constant(index: usize): v128 {
  return v128.load32_splat(expTable + (index << 2));
}

/**
 * e^x with a relative error of at most 1.2e-7 in [−80, 88.4] (polynomial of Cephes' expf). Below −80 it is exactly 0:
 * smaller weights could only become denormal, which cost a hundred times more. NaN stays NaN.
 */
@inline
export function exponential(x: v128): v128 {
  const lowest = constant(0);
  const clamped = f32x4.pmin(f32x4.pmax(x, lowest), constant(1));
  const magic = constant(3);
  const shifted = multiplyAdd(clamped, constant(2), magic);
  const n = f32x4.sub(shifted, magic);
  let r = multiplyAdd(n, constant(4), clamped);
  r = multiplyAdd(n, constant(5), r);
  let p = multiplyAdd(constant(6), r, constant(7));
  p = multiplyAdd(p, r, constant(8));
  p = multiplyAdd(p, r, constant(9));
  p = multiplyAdd(p, r, constant(10));
  p = multiplyAdd(p, r, constant(11));
  p = multiplyAdd(p, f32x4.mul(r, r), f32x4.add(r, constant(12)));
  const scaled = i32x4.add(p, i32x4.shl(shifted, 23)); // adds n to the exponent
  return v128.andnot(scaled, f32x4.lt(x, lowest));
}
