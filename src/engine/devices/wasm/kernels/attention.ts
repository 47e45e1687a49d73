// Scores and mix of attention, forward and backward, head by head, over strided rows (a fused projection or a cache).
// With fewer key heads than heads, heads share them in equal groups (Ainslie et al. 2023).
import { multiply, multiplyByTransposed, multiplyTransposed } from './gemm';
import { dotRows, sumRows } from './matvec';

/** scores[h, q, k] = scale·Σ_d queries[q, h, d]·keys[k, h′, d]. Strides are elements between rows. */
export function attentionScores(
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
  for (let h = 0; h < heads; h++) {
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

/**
 * dQueries[q, h, :] = scale·Σ_k dScores[h, q, k]·keys[k, h′, :] and dKeys[k, h′, :] = scale·Σ_{h, q} dScores[h, q, k]·
 * queries[q, h, :], summed over the heads that share h′. Gradients have the strides of what they belong to.
 */
export function attentionScoresGradient(
  heads: i32,
  keyHeads: i32,
  size: i32,
  queryCount: i32,
  keyCount: i32,
  queries: usize,
  queryStride: i32,
  keys: usize,
  keyStride: i32,
  dScores: usize,
  dQueries: usize,
  dKeys: usize,
  scale: f32,
  scratch: usize,
): void {
  const group = heads / keyHeads;
  const queryBytes = (<usize>queryStride) << 2;
  const keyBytes = (<usize>keyStride) << 2;
  const rowBytes = (<usize>keyCount) << 2;
  for (let h = 0; h < heads; h++) {
    const own = (<usize>(h * size)) << 2;
    const shared = (<usize>((h / group) * size)) << 2;
    const ds = dScores + <usize>(h * queryCount) * rowBytes;
    multiply(
      queryCount,
      size,
      keyCount,
      ds,
      rowBytes,
      keys + shared,
      keyBytes,
      dQueries + own,
      queryBytes,
      scale,
      false,
      scratch,
    );
    multiplyTransposed(
      keyCount,
      size,
      queryCount,
      ds,
      rowBytes,
      queries + own,
      queryBytes,
      dKeys + shared,
      keyBytes,
      scale,
      h % group > 0,
      scratch,
    );
  }
}

/** out[q, h, d] = Σ_k pattern[h, q, k]·values[k, h′, d]. */
export function attentionMix(
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
  for (let h = 0; h < heads; h++) {
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

/**
 * dPattern[h, q, k] = Σ_d dOut[q, h, d]·values[k, h′, d] and dValues[k, h′, :] = Σ_{h, q} pattern[h, q, k]·dOut[q, h, :],
 * summed over the heads that share h′.
 */
export function attentionMixGradient(
  heads: i32,
  keyHeads: i32,
  size: i32,
  queryCount: i32,
  keyCount: i32,
  pattern: usize,
  values: usize,
  valueStride: i32,
  dOut: usize,
  dPattern: usize,
  dValues: usize,
  scratch: usize,
): void {
  const group = heads / keyHeads;
  const valueBytes = (<usize>valueStride) << 2;
  const rowBytes = (<usize>keyCount) << 2;
  const outBytes = (<usize>(heads * size)) << 2;
  for (let h = 0; h < heads; h++) {
    const matrix = <usize>(h * queryCount) * rowBytes;
    const shared = (<usize>((h / group) * size)) << 2;
    const dy = dOut + ((<usize>(h * size)) << 2);
    multiplyByTransposed(
      queryCount,
      keyCount,
      size,
      dy,
      outBytes,
      values + shared,
      valueBytes,
      dPattern + matrix,
      rowBytes,
      1,
      scratch,
    );
    multiplyTransposed(
      keyCount,
      size,
      queryCount,
      pattern + matrix,
      rowBytes,
      dy,
      outBytes,
      dValues + shared,
      valueBytes,
      1,
      h % group > 0,
      scratch,
    );
  }
}
