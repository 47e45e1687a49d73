// Scores and mix of attention, head by head, over strided rows (a fused projection or a cache).
// With fewer key heads than heads, heads share them in equal groups (Ainslie et al. 2023).
import { multiply, multiplyByTransposed } from './gemm';
import { dotRows, sumRows } from './matvec';

/**
 * scores[h, q, k] = scale·Σ_d queries[q, h, d]·keys[k, h′, d] for `count` heads from `first` on. Strides are elements
 * between rows.
 */
export function attentionScores(
  first: i32,
  count: i32,
  heads: i32,
  keyHeads: i32,
  size: i32,
  queryCount: i32,
  keyCount: i32,
  queries: usize,
  queryStride: i32,
  keys: usize,
  keyStride: i32,
  out: usize,
  scale: f32,
  scratch: usize,
): void {
  const group = heads / keyHeads;
  const queryBytes = (<usize>queryStride) << 2;
  const keyBytes = (<usize>keyStride) << 2;
  const rowBytes = (<usize>keyCount) << 2;
  for (let h = first; h < first + count; h++) {
    const q = queries + ((<usize>(h * size)) << 2);
    const k = keys + ((<usize>((h / group) * size)) << 2);
    const target = out + <usize>(h * queryCount) * rowBytes;
    if (queryCount == 1) dotRows(keyCount, size, q, k, keyBytes, target, scale);
    else {
      multiplyByTransposed(
        queryCount,
        keyCount,
        size,
        q,
        queryBytes,
        k,
        keyBytes,
        target,
        rowBytes,
        scale,
        scratch,
      );
    }
  }
}

/** out[q, h, d] = Σ_k pattern[h, q, k]·values[k, h′, d] for `count` heads from `first` on. */
export function attentionMix(
  first: i32,
  count: i32,
  heads: i32,
  keyHeads: i32,
  size: i32,
  queryCount: i32,
  keyCount: i32,
  pattern: usize,
  values: usize,
  valueStride: i32,
  out: usize,
  scratch: usize,
): void {
  const group = heads / keyHeads;
  const valueBytes = (<usize>valueStride) << 2;
  const rowBytes = (<usize>keyCount) << 2;
  const outBytes = (<usize>(heads * size)) << 2;
  for (let h = first; h < first + count; h++) {
    const weights = pattern + <usize>(h * queryCount) * rowBytes;
    const v = values + ((<usize>((h / group) * size)) << 2);
    const target = out + ((<usize>(h * size)) << 2);
    if (queryCount == 1) sumRows(keyCount, size, weights, v, valueBytes, target);
    else {
      multiply(
        queryCount,
        size,
        keyCount,
        weights,
        rowBytes,
        v,
        valueBytes,
        target,
        outBytes,
        1,
        false,
        scratch,
      );
    }
  }
}
