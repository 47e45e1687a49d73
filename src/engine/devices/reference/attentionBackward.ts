import type { AttentionOp, TrainingDevice } from '../trainingDevice';
import { valuesOf } from './referenceMemory';

/** Attention over a batch, forward beside backward (Vaswani et al. 2017, eq. 1). */

/** out = softmax(scale·Q·Kᵀ)·V for each head of each sequence; the pattern is kept. */
export function attention(op: Parameters<TrainingDevice['attention']>[0]): void {
  const [fused, pattern, out] = [valuesOf(op.fused), valuesOf(op.pattern), valuesOf(op.out)];
  const { headSize, length } = op.shape;
  out.fill(0);
  forEachQuery(op, (at) => {
    const weights = pattern.subarray(at.pattern, at.pattern + length).fill(0);
    let largest = -Infinity;
    for (let k = 0; k <= at.last; k++) {
      let sum = 0;
      for (let d = 0; d < headSize; d++) sum += fused[at.q + d] * fused[at.key(k) + d];
      weights[k] = op.scale * sum;
      largest = Math.max(largest, weights[k]);
    }
    let total = 0;
    for (let k = 0; k <= at.last; k++) total += weights[k] = Math.exp(weights[k] - largest);
    for (let k = 0; k <= at.last; k++) {
      weights[k] /= total;
      for (let d = 0; d < headSize; d++) out[at.out + d] += weights[k] * fused[at.value(k) + d];
    }
  });
}

/**
 * With P the pattern and dP[k] = dOut·V[k]: dV[k] += P[k]·dOut, dS[k] = P[k]·(dP[k] − Σ P ∘ dP), and from there
 * dQ = scale·Σ dS[k]·K[k], dK[k] += scale·dS[k]·Q.
 */
export function attentionBackward(op: Parameters<TrainingDevice['attentionBackward']>[0]): void {
  const [fused, pattern, dOut, dFused] = [op.fused, op.pattern, op.dOut, op.dFused].map(valuesOf);
  const { headSize } = op.shape;
  dFused.fill(0);
  forEachQuery(op, (at) => {
    const dWeights: number[] = [];
    let total = 0;
    for (let k = 0; k <= at.last; k++) {
      let sum = 0;
      for (let d = 0; d < headSize; d++) {
        sum += dOut[at.out + d] * fused[at.value(k) + d];
        dFused[at.value(k) + d] += pattern[at.pattern + k] * dOut[at.out + d];
      }
      dWeights.push(sum);
      total += pattern[at.pattern + k] * sum;
    }
    for (let k = 0; k <= at.last; k++) {
      const dScore = op.scale * pattern[at.pattern + k] * (dWeights[k] - total);
      for (let d = 0; d < headSize; d++) {
        dFused[at.q + d] += dScore * fused[at.key(k) + d];
        dFused[at.key(k) + d] += dScore * fused[at.q + d];
      }
    }
  });
}

/** One query of one head of one sequence, and where its numbers begin. */
interface QueryPlace {
  /** The last position that the query sees. */
  readonly last: number;
  /** In `fused`. */
  readonly q: number;
  readonly key: (position: number) => number;
  readonly value: (position: number) => number;
  /** In `pattern` and `out`. */
  readonly pattern: number;
  readonly out: number;
}

function forEachQuery({ shape, mask }: AttentionOp, visit: (place: QueryPlace) => void): void {
  const { batch, length, heads, keyHeads, headSize } = shape;
  const stride = (heads + 2 * keyHeads) * headSize;
  for (let row = 0; row < batch * length; row++) {
    const query = row % length;
    const first = (row - query) * stride;
    for (let head = 0; head < heads; head++) {
      const keyHead = Math.floor((head * keyHeads) / heads);
      const keys = first + (heads + keyHead) * headSize;
      const values = keys + keyHeads * headSize;
      visit({
        last: mask === 'none' ? length - 1 : query,
        q: row * stride + head * headSize,
        key: (position) => keys + position * stride,
        value: (position) => values + position * stride,
        pattern: (((row - query) / length) * heads + head) * length * length + query * length,
        out: (row * heads + head) * headSize,
      });
    }
  }
}
