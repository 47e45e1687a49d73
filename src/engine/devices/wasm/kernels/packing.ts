// Copies operands into the order in which the tiles read them, so that each tile reads memory front to back.

/**
 * Rows of A, `aStride` bytes apart, times `scale` → [depth][width]; rows beyond `rows` are 0. Width is 4 or 2.
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
  if (rows == 4 && width == 4) {
    const factor = f32x4.splat(scale);
    for (let k = 0; k < depth; k++, a += aStride, target += 16) {
      v128.store(target, f32x4.mul(v128.load(a), factor));
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

/** B[depth][columns], rows `bStride` bytes apart → panels [columns/8][depth][8], the last one filled with 0. */
export function packColumns(
  b: usize,
  bStride: usize,
  target: usize,
  depth: i32,
  columns: i32,
): void {
  const panel = (<usize>depth) << 5;
  const whole = columns & ~7;
  for (let k = 0; k < depth; k++, b += bStride) {
    let d = target + ((<usize>k) << 5);
    let p = b;
    for (let j = 0; j < whole; j += 8, p += 32, d += panel) {
      v128.store(d, v128.load(p));
      v128.store(d, v128.load(p, 16), 16);
    }
    if (whole < columns) {
      v128.store(d, f32x4.splat(0));
      v128.store(d, f32x4.splat(0), 16);
      for (let j = whole; j < columns; j++, p += 4, d += 4) store<f32>(d, load<f32>(p));
    }
  }
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
  for (; j + 8 <= columns; j += 8, b += bStride * 8) {
    let k = 0;
    let p = b;
    for (; k + 4 <= depth; k += 4, p += 16, target += 128) {
      transpose4(p, bStride, target, 32, one);
      transpose4(p + bStride * 4, bStride, target + 16, 32, one);
    }
    for (; k < depth; k++, p += 4, target += 32) packColumn(p, bStride, target, 8);
  }
  if (j == columns) return;
  for (let k = 0; k < depth; k++, b += 4, target += 32) packColumn(b, bStride, target, columns - j);
}

@inline
function packColumn(p: usize, stride: usize, target: usize, count: i32): void {
  let r = 0;
  for (; r < count; r++, p += stride) store<f32>(target + ((<usize>r) << 2), load<f32>(p));
  for (; r < 8; r++) store<f32>(target + ((<usize>r) << 2), 0);
}
