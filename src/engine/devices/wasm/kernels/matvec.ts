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
  let init = bias ? bias + offset : zeros;
  let initStep: usize = bias ? 64 : 0;
  for (let k = from; k < to;) {
    const start = k & ~(blockDepth - 1);
    const stored = min(blockDepth, inputs - start);
    const depth = min(start + stored, to) - k;
    let panel =
      weight +
      ((<usize>start * padded + <usize>first * stored + ((<usize>(k - start)) << 4)) << 2);
    const part = x + ((<usize>(k - from)) << 2);
    let out = y;
    let j = 0;
    for (; j + 16 <= columns; j += 16) {
      multiplyPanel(depth, part, panel, init, out);
      panel += (<usize>stored) << 6;
      init += initStep;
      out += 64;
    }
    if (j < columns) multiplyEdge(depth, part, panel, init, out, columns - j);
    init = y;
    initStep = 64;
    k += depth;
  }
}

/** What a product without a bias starts from. */
@lazy
const zeros: usize = memory.data(64);

/**
 * y = init + x·panel, 16 outputs. The memory is read strictly front to back: with two panels side by side it gives half
 * as much, for both begin a page at the same time, and nothing is fetched ahead over the end of a page.
 */
export function multiplyPanel(depth: i32, x: usize, panel: usize, init: usize, y: usize): void {
  let y0 = v128.load(init);
  let y1 = v128.load(init, 16);
  let y2 = v128.load(init, 32);
  let y3 = v128.load(init, 48);
  const whole = x + ((<usize>(depth & ~1)) << 2);
  while (x < whole) {
    let s = v128.load32_splat(x);
    y0 = multiplyAdd(s, v128.load(panel), y0);
    y1 = multiplyAdd(s, v128.load(panel, 16), y1);
    y2 = multiplyAdd(s, v128.load(panel, 32), y2);
    y3 = multiplyAdd(s, v128.load(panel, 48), y3);
    s = v128.load32_splat(x, 4);
    y0 = multiplyAdd(s, v128.load(panel, 64), y0);
    y1 = multiplyAdd(s, v128.load(panel, 80), y1);
    y2 = multiplyAdd(s, v128.load(panel, 96), y2);
    y3 = multiplyAdd(s, v128.load(panel, 112), y3);
    panel += 128;
    x += 8;
  }
  if (depth & 1) {
    const s = v128.load32_splat(x);
    y0 = multiplyAdd(s, v128.load(panel), y0);
    y1 = multiplyAdd(s, v128.load(panel, 16), y1);
    y2 = multiplyAdd(s, v128.load(panel, 32), y2);
    y3 = multiplyAdd(s, v128.load(panel, 48), y3);
  }
  v128.store(y, y0);
  v128.store(y, y1, 16);
  v128.store(y, y2, 32);
  v128.store(y, y3, 48);
}

/** The same for the first `columns` outputs of a panel, four at a time. */
function multiplyEdge(
  depth: i32,
  x: usize,
  panel: usize,
  init: usize,
  y: usize,
  columns: i32,
): void {
  const end = x + ((<usize>depth) << 2);
  for (let j = 0; j < columns; j += 4, panel += 16, init += 16, y += 16) {
    let sum = v128.load(init);
    let p = panel;
    for (let at = x; at < end; at += 4, p += 64) {
      sum = multiplyAdd(v128.load32_splat(at), v128.load(p), sum);
    }
    if (j + 4 <= columns) v128.store(y, sum);
    else storeLanes(y, sum, columns - j);
  }
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
