// Products of two operands that pass by: both are packed on the way. Strides are bytes between rows.
import { blockColumns, blockDepth, multiplyBlocks } from './blocks';
import { packColumns, packTransposed } from './packing';

/** C[rows, columns] = scale·A[rows, depth]·B[depth, columns], added to C when `accumulate`. */
export function multiply(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  c: usize,
  cStride: usize,
  scale: f32,
  accumulate: bool,
  scratch: usize,
): void {
  multiplyAny(
    rows,
    columns,
    depth,
    a,
    aStride,
    4,
    b,
    bStride,
    false,
    c,
    cStride,
    scale,
    accumulate,
    0,
    scratch,
  );
}

/** C[rows, columns] = scale·A[rows, depth]·B[columns, depth]ᵀ. */
export function multiplyByTransposed(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  c: usize,
  cStride: usize,
  scale: f32,
  scratch: usize,
): void {
  multiplyAny(
    rows,
    columns,
    depth,
    a,
    aStride,
    4,
    b,
    bStride,
    true,
    c,
    cStride,
    scale,
    false,
    0,
    scratch,
  );
}

/** C[rows, columns] = scale·A[depth, rows]ᵀ·B[depth, columns], added to C when `accumulate`. */
export function multiplyTransposed(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  c: usize,
  cStride: usize,
  scale: f32,
  accumulate: bool,
  scratch: usize,
): void {
  multiplyAny(
    rows,
    columns,
    depth,
    a,
    4,
    aStride,
    b,
    bStride,
    false,
    c,
    cStride,
    scale,
    accumulate,
    0,
    scratch,
  );
}

/**
 * Any of these: element (r, k) of A is at a + r·aRow + k·aDepth, B is [columns, depth] when `transposed`, and the product
 * is added to the row `bias` (0 means none), or to C when `accumulate`.
 */
export function multiplyAny(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  bStride: usize,
  transposed: bool,
  c: usize,
  cStride: usize,
  scale: f32,
  accumulate: bool,
  bias: usize,
  scratch: usize,
): void {
  for (let column = 0; column < columns; column += blockColumns) {
    const width = min(blockColumns, columns - column);
    const target = c + ((<usize>column) << 2);
    for (let k = 0; k < depth; k += blockDepth) {
      const part = min(blockDepth, depth - k);
      if (transposed) {
        packTransposed(
          b + <usize>column * bStride + ((<usize>k) << 2),
          bStride,
          scratch,
          part,
          width,
        );
      } else {
        packColumns(b + <usize>k * bStride + ((<usize>column) << 2), bStride, scratch, part, width);
      }
      multiplyBlocks(
        rows,
        width,
        part,
        a + <usize>k * aDepth,
        aRow,
        aDepth,
        scale,
        scratch,
        (<usize>part) << 6,
        target,
        cStride,
        accumulate || k > 0,
        bias ? bias + ((<usize>column) << 2) : 0,
        scratch,
      );
    }
  }
}
