// Linear layers over resident weights: one row streams, several rows go through tiles.
import { blockDepth } from './blocks';
import { matvecResident } from './matvec';
import { multiplyResident, paddedColumns } from './resident';

/**
 * out[rows, outputs] = x[rows, inputs]·W + bias; `bias` 0 means none. Only the `columns` outputs from `first` on, a
 * multiple of 16, are computed.
 */
export function linear(
  first: i32,
  columns: i32,
  rows: i32,
  inputs: i32,
  outputs: i32,
  x: usize,
  weight: usize,
  bias: usize,
  out: usize,
  scratch: usize,
): void {
  if (rows == 1) {
    matvecResident(first, columns, outputs, 0, inputs, x, weight, inputs, out, bias);
    return;
  }
  const xStride = (<usize>inputs) << 2;
  const outStride = (<usize>outputs) << 2;
  multiplyResident(
    rows,
    first,
    columns,
    outputs,
    0,
    inputs,
    x,
    xStride,
    weight,
    inputs,
    out,
    outStride,
    bias,
    scratch,
  );
}

/** out[t, h, :] = z[t, h, :]·W[h·size … (h + 1)·size, :], for `count` heads from `first` on. */
export function linearPerHead(
  first: i32,
  count: i32,
  rows: i32,
  heads: i32,
  size: i32,
  outputs: i32,
  z: usize,
  weight: usize,
  out: usize,
  scratch: usize,
): void {
  const inputs = heads * size;
  const zStride = (<usize>inputs) << 2;
  const outStride = (<usize>(heads * outputs)) << 2;
  for (let h = first; h < first + count; h++) {
    const from = h * size;
    const source = z + ((<usize>from) << 2);
    const target = out + ((<usize>(h * outputs)) << 2);
    if (rows == 1) {
      matvecResident(
        0,
        outputs,
        outputs,
        from,
        from + size,
        source,
        weight,
        inputs,
        target,
        0,
      );
    } else {
      multiplyResident(
        rows,
        0,
        outputs,
        outputs,
        from,
        from + size,
        source,
        zStride,
        weight,
        inputs,
        target,
        outStride,
        0,
        scratch,
      );
    }
  }
}

/** out[t, :] = column ids[t] of a resident W: with an `out-in` matrix, a row of the embedding table. */
export function gather(
  count: i32,
  inputs: i32,
  outputs: i32,
  ids: usize,
  weight: usize,
  out: usize,
): void {
  const padded = <usize>paddedColumns(outputs);
  for (let t = 0; t < count; t++) {
    const column = load<i32>(ids + ((<usize>t) << 2));
    for (let start = 0; start < inputs; start += blockDepth) {
      const depth = min(blockDepth, inputs - start);
      let p = columnOf(weight, padded, start, depth, column);
      for (let k = 0; k < depth; k++, p += 64, out += 4) store<f32>(out, load<f32>(p));
    }
  }
}

/** First element of a column in the block that starts at input `start`; the next ones are 64 bytes apart. */
@inline
function columnOf(matrix: usize, padded: usize, start: i32, depth: i32, column: i32): usize {
  const panel = <usize>(column >> 4) * ((<usize>depth) << 4);
  return matrix + ((<usize>start * padded + panel + <usize>(column & 15)) << 2);
}
