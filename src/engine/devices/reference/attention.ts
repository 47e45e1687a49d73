import type { AttentionShape, Device } from '../device';
import { openView, valuesOf } from './referenceMemory';

/** Scaled dot-product attention (Vaswani et al. 2017, eq. 1) in three steps, so that each can be looked at. */

/** scores[h, q, k] = scale·Σ_d queries[q, h, d]·keys[k, h′, d], for every k. */
export function attentionScores(op: Parameters<Device['attentionScores']>[0]): void {
  const { heads, headSize, queries: rows, keys: columns } = op.shape;
  const [queries, keys, out] = [openView(op.queries), openView(op.keys), valuesOf(op.out)];
  for (let h = 0; h < heads; h++) {
    for (let q = 0; q < rows; q++) {
      const query = queries.offset + q * queries.stride + h * headSize;
      for (let k = 0; k < columns; k++) {
        const key = keys.offset + k * keys.stride + keyHead(op.shape, h) * headSize;
        let sum = 0;
        for (let d = 0; d < headSize; d++) sum += queries.values[query + d] * keys.values[key + d];
        out[(h * rows + q) * columns + k] = op.scale * sum;
      }
    }
  }
}

/**
 * pattern[h, q, :] = softmax over the keys that q may see. The largest score is subtracted first, so that no exponential
 * overflows. Masked cells are exactly 0; a row that sees nothing is all 0.
 */
export function attentionPattern(op: Parameters<Device['attentionPattern']>[0]): void {
  const { heads, queries, keys } = op.shape;
  const [scores, out] = [valuesOf(op.scores), valuesOf(op.out)];
  for (let h = 0; h < heads; h++) {
    for (let q = 0; q < queries; q++) {
      const start = (h * queries + q) * keys;
      const sees = (k: number): boolean =>
        op.mask === undefined ? k <= q + op.past : op.mask[q * keys + k] !== 0;
      let largest = -Infinity;
      for (let k = 0; k < keys; k++) {
        if (sees(k)) largest = Math.max(largest, scores[start + k]);
      }
      let sum = 0;
      for (let k = 0; k < keys; k++) {
        out[start + k] = sees(k) ? Math.exp(scores[start + k] - largest) : 0;
        sum += out[start + k];
      }
      for (let k = 0; k < keys && sum > 0; k++) out[start + k] /= sum;
    }
  }
}

/** out[q, h, d] = Σ_k pattern[h, q, k]·values[k, h′, d]. */
export function attentionMix(op: Parameters<Device['attentionMix']>[0]): void {
  const { heads, headSize, queries, keys } = op.shape;
  const [pattern, values, out] = [valuesOf(op.pattern), openView(op.values), valuesOf(op.out)];
  for (let q = 0; q < queries; q++) {
    for (let h = 0; h < heads; h++) {
      const target = (q * heads + h) * headSize;
      const source = values.offset + keyHead(op.shape, h) * headSize;
      out.fill(0, target, target + headSize);
      for (let k = 0; k < keys; k++) {
        const weight = pattern[(h * queries + q) * keys + k];
        const row = source + k * values.stride;
        for (let d = 0; d < headSize; d++) out[target + d] += weight * values.values[row + d];
      }
    }
  }
}

/** The key/value head that query head h reads: neighbours share one (Ainslie et al. 2023, section 2.2). */
function keyHead(shape: AttentionShape, head: number): number {
  return Math.floor((head * shape.keyHeads) / shape.heads);
}
