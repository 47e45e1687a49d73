// Matrix products of many rows, blocked as in BLIS (Van Zee & van de Geijn 2015): panels of B stay in the first cache,
// a block of A in the second, a tile of C in registers.
import { packColumns, packRows, packTransposed } from './packing';
import { tile2, tile4 } from './tiles';

/** Depth of a block: one panel of B is 8 KB. A resident matrix is stored in blocks of this depth. */
@inline
export const blockDepth: i32 = 256;
/** Rows of A in a block: 120 KB. */
@inline
const blockRows: i32 = 120;
/** Columns of B in a block: 512 KB. */
@inline
const blockColumns: i32 = 512;
@inline
const bBytes: usize = <usize>blockDepth * blockColumns * 4;
@inline
const aBytes: usize = <usize>blockDepth * blockRows * 4;
@inline
const edgeBytes: usize = 4 * 8 * 4;

/** Bytes that `multiply…` needs to work in: packed B, packed A, an edge tile and a row of zeros. */
export function scratchBytes(): usize {
  return bBytes + aBytes + edgeBytes + 32;
}

/**
 * C[rows, columns] = bias + A[rows, from … to)·W[from … to, columns) for a resident W of `inputs` by `columns`:
 * blocks of 256 inputs, in each panels [columns/8][depth][8]. `bias` 0 means none. Column 0 of A belongs to input `from`.
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
  const padded = <usize>((columns + 7) & ~7);
  for (let column = 0; column < columns; column += blockColumns) {
    const width = min(blockColumns, columns - column);
    for (let k = from; k < to;) {
      const start = k & ~(blockDepth - 1);
      const stored = min(blockDepth, inputs - start);
      const depth = min(start + stored, to) - k;
      const panels =
        weight +
        ((<usize>start * padded + <usize>column * stored + ((<usize>(k - start)) << 3)) << 2);
      const target = c + ((<usize>column) << 2);
      const init = k > from ? target : bias ? bias + ((<usize>column) << 2) : 0;
      const left = a + ((<usize>(k - from)) << 2);
      multiplyBlocks(
        rows,
        width,
        depth,
        left,
        aStride,
        1,
        panels,
        (<usize>stored) << 5,
        target,
        cStride,
        init,
        k > from ? cStride : 0,
        scratch,
      );
      k += depth;
    }
  }
}

/**
 * C[rows, columns] = scale·A[rows, depth]·B, with B[depth, columns] or, when `transposed`, B[columns, depth].
 * Strides are bytes between rows.
 */
export function multiply(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  transposed: bool,
  c: usize,
  cStride: usize,
  scale: f32,
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
        a + ((<usize>k) << 2),
        aStride,
        scale,
        scratch,
        (<usize>part) << 5,
        target,
        cStride,
        k ? target : 0,
        k ? cStride : 0,
        scratch,
      );
    }
  }
}

/** All rows of A against one packed block of B. `init` 0 means zeros; `initStride` 0 means one row for all. */
function multiplyBlocks(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aStride: usize,
  scale: f32,
  panels: usize,
  panelStride: usize,
  c: usize,
  cStride: usize,
  init: usize,
  initStride: usize,
  scratch: usize,
): void {
  const packed = scratch + bBytes;
  const edge = packed + aBytes;
  const zeros = edge + edgeBytes;
  v128.store(zeros, f32x4.splat(0));
  v128.store(zeros, f32x4.splat(0), 16);
  for (let row = 0; row < rows; row += blockRows) {
    const height = min(blockRows, rows - row);
    packBlock(a + <usize>row * aStride, aStride, packed, height, depth, scale);
    const target = c + <usize>row * cStride;
    const from = init ? init + <usize>row * initStride : zeros;
    multiplyBlock(
      height,
      columns,
      depth,
      packed,
      panels,
      panelStride,
      target,
      cStride,
      from,
      initStride,
      init ? 32 : 0,
      edge,
    );
  }
}

/** Rows of the tile that takes the next of `left` rows; the last tile may be one row short. */
@inline
function tileRows(left: i32): i32 {
  return left >= 3 ? 4 : 2;
}

@inline
function packBlock(
  a: usize,
  aStride: usize,
  target: usize,
  rows: i32,
  depth: i32,
  scale: f32,
): void {
  for (let i = 0; i < rows;) {
    const width = tileRows(rows - i);
    packRows(a + <usize>i * aStride, aStride, target, min(rows - i, width), width, depth, scale);
    target += (<usize>(width * depth)) << 2;
    i += width;
  }
}

/** One packed block of A against one packed block of B. `initStep`: bytes of init per panel, 0 for the row of zeros. */
function multiplyBlock(
  rows: i32,
  columns: i32,
  depth: i32,
  packed: usize,
  panels: usize,
  panelStride: usize,
  c: usize,
  cStride: usize,
  init: usize,
  initStride: usize,
  initStep: usize,
  edge: usize,
): void {
  for (let j = 0; j < columns; j += 8, panels += panelStride, c += 32, init += initStep) {
    let a = packed;
    let target = c;
    let from = init;
    const width = min(8, columns - j);
    for (let i = 0; i < rows;) {
      const height = tileRows(rows - i);
      const present = min(height, rows - i);
      if (width == 8 && present == height) {
        tile(height, depth, a, panels, target, cStride, from, initStride);
      } else {
        copyTile(present, width, from, initStride, edge, 32);
        tile(height, depth, a, panels, edge, 32, edge, 32);
        copyTile(present, width, edge, 32, target, cStride);
      }
      a += (<usize>(height * depth)) << 2;
      target += cStride * <usize>height;
      from += initStride * <usize>height;
      i += height;
    }
  }
}

@inline
function tile(
  height: i32,
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  cStride: usize,
  init: usize,
  initStride: usize,
): void {
  if (height == 4) tile4(depth, a, b, c, cStride, init, initStride);
  else tile2(depth, a, b, c, cStride, init, initStride);
}

function copyTile(
  rows: i32,
  columns: i32,
  source: usize,
  sourceStride: usize,
  target: usize,
  targetStride: usize,
): void {
  for (let r = 0; r < rows; r++, source += sourceStride, target += targetStride) {
    for (let j: usize = 0; j < (<usize>columns) << 2; j += 4) {
      store<f32>(target + j, load<f32>(source + j));
    }
  }
}
