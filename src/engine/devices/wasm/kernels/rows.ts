// Rows of plain tables and sums of columns: an embedding and a bias that learn.
import { add } from './elementwise';

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

/** sums[c] += Σ_t x[t, c]. */
export function columnSums(rows: i32, columns: i32, x: usize, sums: usize): void {
  for (let t = 0; t < rows; t++, x += (<usize>columns) << 2) add(sums, x, sums, columns);
}
