// Products with a resident matrix W [inputs, columns]: blocks of 256 inputs, in each block panels [columns/8][depth][8].
// Forward, the gradient of the input and the gradient of W, which lies in the same order as W itself.
import { blockColumns, blockDepth, multiplyBlocks } from './blocks';
import { packColumns, packPanelsTransposed } from './packing';

/** Columns of a resident matrix with the padding: whole panels. */
@inline
export function paddedColumns(columns: i32): i32 {
  return (columns + 7) & ~7;
}

/**
 * C[rows, columns] = bias + A[rows, from … to)·W[from … to, columns). `bias` 0 means none; column 0 of A belongs to input
 * `from`; strides are bytes.
 */
export function multiplyResident(
  rows: i32,
  columns: i32,
  from: i32,
  to: i32,
  a: usize,
  aStride: usize,
  weight: usize,
  inputs: i32,
  c: usize,
  cStride: usize,
  bias: usize,
  scratch: usize,
): void {
  const padded = <usize>paddedColumns(columns);
  for (let column = 0; column < columns; column += blockColumns) {
    const width = min(blockColumns, columns - column);
    for (let k = from; k < to;) {
      const start = k & ~(blockDepth - 1);
      const stored = min(blockDepth, inputs - start);
      const depth = min(start + stored, to) - k;
      const panels =
        weight +
        ((<usize>start * padded + <usize>column * stored + ((<usize>(k - start)) << 3)) << 2);
      multiplyBlocks(
        rows,
        width,
        depth,
        a + ((<usize>(k - from)) << 2),
        aStride,
        4,
        1,
        panels,
        (<usize>stored) << 5,
        c + ((<usize>column) << 2),
        cStride,
        32,
        k > from,
        bias ? bias + ((<usize>column) << 2) : 0,
        scratch,
      );
      k += depth;
    }
  }
}

/** dx[rows, inputs] = dy[rows, columns]·Wᵀ. */
export function multiplyResidentTransposed(
  rows: i32,
  inputs: i32,
  columns: i32,
  dy: usize,
  weight: usize,
  dx: usize,
  scratch: usize,
): void {
  const padded = <usize>paddedColumns(columns);
  const dyStride = (<usize>columns) << 2;
  const dxStride = (<usize>inputs) << 2;
  for (let start = 0; start < inputs; start += blockDepth) {
    const stored = min(blockDepth, inputs - start);
    const block = weight + ((<usize>start * padded) << 2);
    for (let column = 0; column < columns; column += blockDepth) {
      const depth = min(blockDepth, columns - column);
      const panels = block + ((<usize>column * stored) << 2);
      packPanelsTransposed(panels, stored, scratch, depth);
      multiplyBlocks(
        rows,
        stored,
        depth,
        dy + ((<usize>column) << 2),
        dyStride,
        4,
        1,
        scratch,
        (<usize>depth) << 5,
        dx + ((<usize>start) << 2),
        dxStride,
        32,
        column > 0,
        0,
        scratch,
      );
    }
  }
}

/** G[inputs, columns] += x[rows, inputs]ᵀ·dy[rows, columns], G in the order of a resident matrix. */
export function addGradient(
  rows: i32,
  inputs: i32,
  columns: i32,
  x: usize,
  dy: usize,
  gradient: usize,
  scratch: usize,
): void {
  const padded = <usize>paddedColumns(columns);
  const xStride = (<usize>inputs) << 2;
  const dyStride = (<usize>columns) << 2;
  for (let column = 0; column < columns; column += blockColumns) {
    const width = min(blockColumns, columns - column);
    for (let row = 0; row < rows; row += blockDepth) {
      const depth = min(blockDepth, rows - row);
      packColumns(
        dy + <usize>row * dyStride + ((<usize>column) << 2),
        dyStride,
        scratch,
        depth,
        width,
      );
      for (let start = 0; start < inputs; start += blockDepth) {
        const stored = min(blockDepth, inputs - start);
        // The padding of G takes the zeros of the packed dy, so that every tile is whole.
        multiplyBlocks(
          stored,
          paddedColumns(width),
          depth,
          x + <usize>row * xStride + ((<usize>start) << 2),
          4,
          xStride,
          1,
          scratch,
          (<usize>depth) << 5,
          gradient + ((<usize>start * padded + <usize>column * stored) << 2),
          32,
          (<usize>stored) << 5,
          true,
          0,
          scratch,
        );
      }
    }
  }
}
