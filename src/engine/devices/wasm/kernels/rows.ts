// Rows of plain tables and sums of columns: an embedding and a bias that learn.
import { add } from './elementwise';
import { storeLanes } from './vector';

/** out[t, :] = table[ids[t], :]. */
export function gatherRows(count: i32, columns: i32, ids: usize, table: usize, out: usize): void {
  const bytes = (<usize>columns) << 2;
  for (let t = 0; t < count; t++, ids += 4, out += bytes) {
    memory.copy(out, table + <usize>load<i32>(ids) * bytes, bytes);
  }
}

/** table[ids[t], :] += dOut[t, :]; an id that comes twice adds twice. */
export function scatterRows(count: i32, columns: i32, ids: usize, table: usize, dOut: usize): void {
  const bytes = (<usize>columns) << 2;
  for (let t = 0; t < count; t++, ids += 4, dOut += bytes) {
    const row = table + <usize>load<i32>(ids) * bytes;
    add(row, dOut, row, columns);
  }
}

/**
 * sums[c] += Σ_t x[t, c] for rows `stride` elements apart, summed in float64: where the terms cancel, as those of a key
 * bias do, the sum is what is left of them and not of their rounding.
 */
export function columnSums(rows: i32, columns: i32, x: usize, stride: i32, sums: usize): void {
  const bytes = (<usize>stride) << 2;
  for (let c = 0; c < columns; c += 4, x += 16, sums += 16) {
    let low = f64x2.splat(0);
    let high = low;
    let p = x;
    for (let t = 0; t < rows; t++, p += bytes) {
      const v = v128.load(p);
      low = f64x2.add(low, f64x2.promote_low_f32x4(v));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1)));
    }
    const narrow = v128.shuffle<f64>(
      f32x4.demote_f64x2_zero(low),
      f32x4.demote_f64x2_zero(high),
      0,
      2,
    );
    const sum = f32x4.add(v128.load(sums), narrow);
    if (c + 4 <= columns) v128.store(sums, sum);
    else storeLanes(sums, sum, columns - c);
  }
}
