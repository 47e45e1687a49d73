// Products with a resident matrix W [inputs, columns]: blocks of 256 inputs, in each block panels [columns/16][depth][16].
import { blockColumns, blockDepth, multiplyBlocks } from './blocks';

/** Columns of a resident matrix with the padding: whole panels. */
@inline
export function paddedColumns(columns: i32): i32 {
  return (columns + 15) & ~15;
}

/**
 * C[rows, outputs] = bias + A[rows, from … to)·W[from … to, outputs), of which `columns` from `first` on, a multiple of
 * 16, are computed. `bias` 0 means none; column 0 of A belongs to input `from`; strides are bytes.
 */
export function multiplyResident(
  rows: i32,
  first: i32,
  columns: i32,
  outputs: i32,
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
  const padded = <usize>paddedColumns(outputs);
  const end = first + columns;
  for (let column = first; column < end; column += blockColumns) {
    const width = min(blockColumns, end - column);
    for (let k = from; k < to;) {
      const start = k & ~(blockDepth - 1);
      const stored = min(blockDepth, inputs - start);
      const depth = min(start + stored, to) - k;
      const panels =
        weight +
        ((<usize>start * padded + <usize>column * stored + ((<usize>(k - start)) << 4)) << 2);
      multiplyBlocks(
        rows,
        width,
        depth,
        a + ((<usize>(k - from)) << 2),
        aStride,
        4,
        1,
        panels,
        (<usize>stored) << 6,
        c + ((<usize>column) << 2),
        cStride,
        k > from,
        bias ? bias + ((<usize>column) << 2) : 0,
        scratch,
      );
      k += depth;
    }
  }
}
