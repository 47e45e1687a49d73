// Copies operands into the order in which the tiles read them, so that each tile reads memory front to back.

/**
 * Rows of A, `aStride` bytes apart, times `scale` → [depth][width]; rows beyond `rows` are 0. Width is 5, 4 or 2.
 */
export function packRows(
  a: usize,
  aStride: usize,
  target: usize,
  rows: i32,
  width: i32,
  depth: i32,
  scale: f32,
): void {
  const step = (<usize>width) << 2;
  let k = 0;
  if (rows == 4 && width == 4) {
    const factor = f32x4.splat(scale);
    for (; k + 4 <= depth; k += 4, a += 16, target += 64) {
      transpose4(a, aStride, target, 16, factor);
    }
  } else if (width == 5) {
    const factor = f32x4.splat(scale);
    for (; k + 4 <= depth; k += 4, a += 16, target += 80) {
      transpose4(a, aStride, target, 20, factor);
      const fifth = f32x4.mul(v128.load(a + aStride * 4), factor);
      v128.store32_lane(target, fifth, 0, 16);
      v128.store32_lane(target, fifth, 1, 36);
      v128.store32_lane(target, fifth, 2, 56);
      v128.store32_lane(target, fifth, 3, 76);
    }
  }
  for (; k < depth; k++, a += 4, target += step) {
    let r = 0;
    for (let p = a; r < rows; r++, p += aStride) {
      store<f32>(target + ((<usize>r) << 2), load<f32>(p) * scale);
    }
    for (; r < width; r++) store<f32>(target + ((<usize>r) << 2), 0);
  }
}

/** The same of A used transposed: columns of A[depth][…], whose rows are `aStride` bytes apart. */
export function packRowsTransposed(
  a: usize,
  aStride: usize,
  target: usize,
  rows: i32,
  width: i32,
  depth: i32,
  scale: f32,
): void {
  const step = (<usize>width) << 2;
  if (rows >= 4) {
    const factor = f32x4.splat(scale);
    for (let k = 0; k < depth; k++, a += aStride, target += step) {
      v128.store(target, f32x4.mul(v128.load(a), factor));
      if (width == 5) store<f32>(target, load<f32>(a, 16) * scale, 16);
    }
    return;
  }
  for (let k = 0; k < depth; k++, a += aStride, target += step) {
    let r: usize = 0;
    for (; r < (<usize>rows) << 2; r += 4) store<f32>(target + r, load<f32>(a + r) * scale);
    for (; r < step; r += 4) store<f32>(target + r, 0);
  }
}

/** Four rows of four → four columns of four, `step` bytes apart. */
@inline
function transpose4(a: usize, aStride: usize, target: usize, step: usize, factor: v128): void {
  const r0 = f32x4.mul(v128.load(a), factor);
  const r1 = f32x4.mul(v128.load(a + aStride), factor);
  const r2 = f32x4.mul(v128.load(a + aStride * 2), factor);
  const r3 = f32x4.mul(v128.load(a + aStride * 3), factor);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(target + step, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(target + step * 2, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(target + step * 3, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** B[depth][columns], rows `bStride` bytes apart → panels [columns/16][depth][16], the last one filled with 0. */
export function packColumns(
  b: usize,
  bStride: usize,
  target: usize,
  depth: i32,
  columns: i32,
): void {
  let j = 0;
  for (; j + 16 <= columns; j += 16, b += 64) {
    let p = b;
    for (let k = 0; k < depth; k++, p += bStride, target += 64) {
      v128.store(target, v128.load(p));
      v128.store(target, v128.load(p, 16), 16);
      v128.store(target, v128.load(p, 32), 32);
      v128.store(target, v128.load(p, 48), 48);
    }
  }
  if (j == columns) return;
  for (let k = 0; k < depth; k++, b += bStride, target += 64) packColumn(b, 4, target, columns - j);
}

/** B[columns][depth], rows `bStride` bytes apart (B used transposed) → the same panels. */
export function packTransposed(
  b: usize,
  bStride: usize,
  target: usize,
  depth: i32,
  columns: i32,
): void {
  const one = f32x4.splat(1);
  let j = 0;
  for (; j + 16 <= columns; j += 16, b += bStride * 16) {
    let k = 0;
    let p = b;
    for (; k + 4 <= depth; k += 4, p += 16, target += 256) {
      transpose4(p, bStride, target, 64, one);
      transpose4(p + bStride * 4, bStride, target + 16, 64, one);
      transpose4(p + bStride * 8, bStride, target + 32, 64, one);
      transpose4(p + bStride * 12, bStride, target + 48, 64, one);
    }
    for (; k < depth; k++, p += 4, target += 64) packColumn(p, bStride, target, 16);
  }
  if (j == columns) return;
  for (let k = 0; k < depth; k++, b += 4, target += 64) packColumn(b, bStride, target, columns - j);
}

/** `count` numbers, `stride` bytes apart, and zeros up to 16. */
@inline
function packColumn(p: usize, stride: usize, target: usize, count: i32): void {
  let r = 0;
  for (; r < count; r++, p += stride) store<f32>(target + ((<usize>r) << 2), load<f32>(p));
  for (; r < 16; r++) store<f32>(target + ((<usize>r) << 2), 0);
}
