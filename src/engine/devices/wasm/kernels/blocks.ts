// One packed block of B against all rows of A: the inside of every matrix product of many rows, blocked as in BLIS
// (Van Zee & van de Geijn 2015). Panels of B stay in the first cache, a block of A in the second, a tile of C in
// registers.
import { packRows, packRowsTransposed } from './packing';
import { tile2, tile4, tile5 } from './tiles';

/** Depth of a block: one panel of B is 16 KB. A resident matrix is stored in blocks of this depth. */
@inline
export const blockDepth: i32 = 256;
/** Columns of B in a block: 512 KB. */
@inline
export const blockColumns: i32 = 512;
/** Rows of A in a block: 120 KB. */
@inline
const blockRows: i32 = 120;
@inline
const bBytes: usize = <usize>blockDepth * blockColumns * 4;
@inline
const aBytes: usize = <usize>blockDepth * blockRows * 4;
@inline
const edgeBytes: usize = 5 * 8 * 4;

/** Bytes that products need to work in: packed B, packed A, an edge tile and a row of zeros. */
export function scratchBytes(): usize {
  return bBytes + aBytes + edgeBytes + 32;
}

/**
 * C = bias + scale·A·B, or C += scale·A·B when `accumulate`.
 *
 * Element (r, k) of A is at a + r·aRow + k·aDepth, one of the two being 4. Panel j of B, [depth][16], is at
 * panels + j·panelStride. Element (r, j) of C is at c + r·cRow + 4j. `bias` 0 means none.
 */
export function multiplyBlocks(
  rows: i32,
  columns: i32,
  depth: i32,
  a: usize,
  aRow: usize,
  aDepth: usize,
  scale: f32,
  panels: usize,
  panelStride: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
  bias: usize,
  scratch: usize,
): void {
  const packed = scratch + bBytes;
  const edge = packed + aBytes;
  const zeros = edge + edgeBytes;
  v128.store(zeros, f32x4.splat(0));
  v128.store(zeros, f32x4.splat(0), 16);
  const init = bias ? bias : zeros;
  for (let row = 0; row < rows; row += blockRows) {
    const height = min(blockRows, rows - row);
    packBlock(a + <usize>row * aRow, aRow, aDepth, packed, height, depth, scale);
    const target = c + <usize>row * cRow;
    multiplyBlock(
      height,
      columns,
      depth,
      packed,
      panels,
      panelStride,
      target,
      cRow,
      accumulate ? target : init,
      accumulate ? cRow : 0,
      accumulate || bias ? 32 : 0,
      edge,
    );
  }
}

/** Rows of the tile that takes the next of `left` rows; the last tile may be one row short. */
@inline
function tileRows(left: i32): i32 {
  if (left >= 5) return 5;
  return left >= 3 ? 4 : 2;
}

@inline
function packBlock(
  a: usize,
  aRow: usize,
  aDepth: usize,
  target: usize,
  rows: i32,
  depth: i32,
  scale: f32,
): void {
  for (let i = 0; i < rows;) {
    const width = tileRows(rows - i);
    const present = min(rows - i, width);
    const source = a + <usize>i * aRow;
    if (aDepth == 4) packRows(source, aRow, target, present, width, depth, scale);
    else packRowsTransposed(source, aDepth, target, present, width, depth, scale);
    target += (<usize>(width * depth)) << 2;
    i += width;
  }
}

/**
 * One packed block of A, half a panel of B at a time. Element (r, 8j + i) of what C starts from is at
 * init + r·initRow + j·initPanel + 4i.
 */
function multiplyBlock(
  rows: i32,
  columns: i32,
  depth: i32,
  packed: usize,
  panels: usize,
  panelStride: usize,
  c: usize,
  cRow: usize,
  init: usize,
  initRow: usize,
  initPanel: usize,
  edge: usize,
): void {
  for (let j = 0; j < columns; j += 8, c += 32, init += initPanel) {
    const b = panels + <usize>(j >> 4) * panelStride + ((<usize>(j & 8)) << 2);
    let a = packed;
    let target = c;
    let from = init;
    const width = min(8, columns - j);
    for (let i = 0; i < rows;) {
      const height = tileRows(rows - i);
      const present = min(height, rows - i);
      if (width == 8 && present == height) {
        tile(height, depth, a, b, target, cRow, from, initRow);
      } else {
        copyTile(present, width, from, initRow, edge, 32);
        tile(height, depth, a, b, edge, 32, edge, 32);
        copyTile(present, width, edge, 32, target, cRow);
      }
      a += (<usize>(height * depth)) << 2;
      target += cRow * <usize>height;
      from += initRow * <usize>height;
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
  if (height == 5) tile5(depth, a, b, c, cStride, init, initStride);
  else if (height == 4) tile4(depth, a, b, c, cStride, init, initStride);
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
