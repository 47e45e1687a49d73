// Products of one row: bound by memory, so the weights are streamed once, front to back.
// Products with resident weights add in the same order as tiles do, so that a token's numbers are the same to the last
// bit whether it was computed alone or among others.
import { horizontalSum, multiplyAdd, storeLanes } from './vector';
import { blockDepth } from './blocks';
import { paddedColumns } from './resident';

/**
 * y[outputs] = bias + x·W[from … to, outputs) for a resident W, of which `columns` from `first` on are computed (see
 * `multiplyResident`); x[0] belongs to input `from`.
 */
export function matvecResident(
  first: i32,
  columns: i32,
  outputs: i32,
  from: i32,
  to: i32,
  x: usize,
  weight: usize,
  inputs: i32,
  y: usize,
  bias: usize,
): void {
  const padded = <usize>paddedColumns(outputs);
  const offset = (<usize>first) << 2;
  y += offset;
  if (bias) memory.copy(y, bias + offset, (<usize>columns) << 2);
  else memory.fill(y, 0, (<usize>columns) << 2);
  for (let k = from; k < to;) {
    const start = k & ~(blockDepth - 1);
    const stored = min(blockDepth, inputs - start);
    const depth = min(start + stored, to) - k;
    const panels =
      weight +
      ((<usize>start * padded + <usize>first * stored + ((<usize>(k - start)) << 3)) << 2);
    addPanels(columns, depth, x + ((<usize>(k - from)) << 2), panels, (<usize>stored) << 5, y);
    k += depth;
  }
}

/** y += x·panels. */
@inline
function addPanels(
  columns: i32,
  depth: i32,
  x: usize,
  panels: usize,
  panelStride: usize,
  y: usize,
): void {
  let j = 0;
  for (; j + 16 <= columns; j += 16, panels += panelStride * 2, y += 64) {
    addTwoPanels(depth, x, panels, panelStride, y);
  }
  for (; j < columns; j += 8, panels += panelStride, y += 32) {
    addPanel(depth, x, panels, y, min(columns - j, 8));
  }
}

/** Two panels side by side and four inputs a turn: twice as fast from the cache as four panels and one input. */
export function addTwoPanels(
  depth: i32,
  x: usize,
  left: usize,
  panelStride: usize,
  y: usize,
): void {
  let right = left + panelStride;
  let a0 = v128.load(y);
  let a1 = v128.load(y, 16);
  let b0 = v128.load(y, 32);
  let b1 = v128.load(y, 48);
  const whole = x + ((<usize>(depth & ~3)) << 2);
  const end = x + ((<usize>depth) << 2);
  while (x < whole) {
    let s = v128.load32_splat(x);
    a0 = multiplyAdd(s, v128.load(left), a0);
    a1 = multiplyAdd(s, v128.load(left, 16), a1);
    b0 = multiplyAdd(s, v128.load(right), b0);
    b1 = multiplyAdd(s, v128.load(right, 16), b1);
    s = v128.load32_splat(x, 4);
    a0 = multiplyAdd(s, v128.load(left, 32), a0);
    a1 = multiplyAdd(s, v128.load(left, 48), a1);
    b0 = multiplyAdd(s, v128.load(right, 32), b0);
    b1 = multiplyAdd(s, v128.load(right, 48), b1);
    s = v128.load32_splat(x, 8);
    a0 = multiplyAdd(s, v128.load(left, 64), a0);
    a1 = multiplyAdd(s, v128.load(left, 80), a1);
    b0 = multiplyAdd(s, v128.load(right, 64), b0);
    b1 = multiplyAdd(s, v128.load(right, 80), b1);
    s = v128.load32_splat(x, 12);
    a0 = multiplyAdd(s, v128.load(left, 96), a0);
    a1 = multiplyAdd(s, v128.load(left, 112), a1);
    b0 = multiplyAdd(s, v128.load(right, 96), b0);
    b1 = multiplyAdd(s, v128.load(right, 112), b1);
    left += 128;
    right += 128;
    x += 16;
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, b0, 32);
  v128.store(y, b1, 48);
  if (depth & 3) {
    addPanel(depth & 3, x, left, y, 8);
    addPanel(depth & 3, x, right, y + 32, 8);
  }
}

/** One panel, of which the first `columns` are wanted. */
function addPanel(depth: i32, x: usize, panel: usize, y: usize, columns: i32): void {
  let left = v128.load(y);
  let right = columns > 4 ? v128.load(y, 16) : left;
  const end = x + ((<usize>depth) << 2);
  while (x < end) {
    const s = v128.load32_splat(x);
    left = multiplyAdd(s, v128.load(panel), left);
    right = multiplyAdd(s, v128.load(panel, 16), right);
    panel += 32;
    x += 4;
  }
  if (columns < 4) {
    storeLanes(y, left, columns);
    return;
  }
  v128.store(y, left);
  if (columns == 8) v128.store(y, right, 16);
  else if (columns > 4) storeLanes(y + 16, right, columns - 4);
}

/** y[r] = scale·(row r · x) for rows `stride` bytes apart: the scores of one query against all keys. */
export function dotRows(
  rows: i32,
  depth: i32,
  x: usize,
  matrix: usize,
  stride: usize,
  y: usize,
  scale: f32,
): void {
  const whole = (<usize>(depth & ~3)) << 2;
  for (let r = 0; r < rows; r++, matrix += stride, y += 4) {
    let sum = f32x4.splat(0),
      sum2 = sum;
    let i: usize = 0;
    for (; i + 32 <= whole; i += 32) {
      sum = multiplyAdd(v128.load(x + i), v128.load(matrix + i), sum);
      sum2 = multiplyAdd(v128.load(x + i, 16), v128.load(matrix + i, 16), sum2);
    }
    for (; i < whole; i += 16) sum = multiplyAdd(v128.load(x + i), v128.load(matrix + i), sum);
    let total = horizontalSum(f32x4.add(sum, sum2));
    for (; i < (<usize>depth) << 2; i += 4) total += load<f32>(x + i) * load<f32>(matrix + i);
    store<f32>(y, total * scale);
  }
}

/** y[columns] = Σ_r x[r]·row r for rows `stride` bytes apart: the mix of values of one query. */
export function sumRows(
  rows: i32,
  columns: i32,
  x: usize,
  matrix: usize,
  stride: usize,
  y: usize,
): void {
  let j = 0;
  for (; j + 16 <= columns; j += 16, matrix += 64, y += 64) {
    let a = f32x4.splat(0),
      b = a,
      c = a,
      d = a;
    let p = matrix,
      w = x;
    const end = x + ((<usize>rows) << 2);
    while (w < end) {
      const s = v128.load32_splat(w);
      a = multiplyAdd(s, v128.load(p), a);
      b = multiplyAdd(s, v128.load(p, 16), b);
      c = multiplyAdd(s, v128.load(p, 32), c);
      d = multiplyAdd(s, v128.load(p, 48), d);
      p += stride;
      w += 4;
    }
    v128.store(y, a);
    v128.store(y, b, 16);
    v128.store(y, c, 32);
    v128.store(y, d, 48);
  }
  for (; j < columns; j += 4, matrix += 16, y += 16) {
    let sum = f32x4.splat(0);
    for (let r = 0, p = matrix; r < rows; r++, p += stride) {
      sum = multiplyAdd(v128.load32_splat(x + ((<usize>r) << 2)), v128.load(p), sum);
    }
    if (j + 4 <= columns) v128.store(y, sum);
    else storeLanes(y, sum, columns - j);
  }
}
