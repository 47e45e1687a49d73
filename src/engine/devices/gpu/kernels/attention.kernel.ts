// Attention as it is inspected: scores, pattern and mix are arrays of their own. `group` heads share a key head.
import type { KernelThread, Numbers } from './kernelThread';

/** scores[h, q, k] = scale·Σ_d queries[q, h, d]·keys[k, h′, d]: output [keys, queries, heads]. */
export function attentionScores(
  this: KernelThread,
  queries: Numbers,
  keys: Numbers,
  queryOffset: number,
  queryStride: number,
  keyOffset: number,
  keyStride: number,
  headSize: number,
  group: number,
  scale: number,
): number {
  const keyHead = ((this.thread.z + 0.5) / group) | 0;
  const query = queryOffset + this.thread.y * queryStride + this.thread.z * headSize;
  const key = keyOffset + this.thread.x * keyStride + keyHead * headSize;
  let sum = 0;
  for (let d = 0; d < headSize; d++) {
    sum += queries[query + d] * keys[key + d];
  }
  return sum * scale;
}

/**
 * Largest score and sum of powers of each row, over the keys that are seen: output [2, queries, heads]. The sum is 0
 * where nothing is seen. The mask counts with `masked` 1; with 0 the causal limit k ≤ q + past alone.
 */
export function patternStatistics(
  this: KernelThread,
  scores: Numbers,
  mask: Numbers,
  queries: number,
  keys: number,
  past: number,
  masked: number,
): number {
  const row = (this.thread.z * queries + this.thread.y) * keys;
  const hidden = this.thread.y * keys;
  const last = this.thread.y + past;
  let largest = -1e30;
  for (let k = 0; k < keys; k++) {
    if (k <= last && mask[(hidden + k) * masked] > 0.5) {
      largest = Math.max(largest, scores[row + k]);
    }
  }
  if (this.thread.x === 0) {
    return largest;
  }
  let sum = 0;
  for (let i = 0; i < keys; i++) {
    if (i <= last && mask[(hidden + i) * masked] > 0.5) {
      sum += Math.exp(scores[row + i] - largest);
    }
  }
  return sum;
}

/** The softmax itself, exactly 0 where a key is hidden: output [keys, queries, heads]. */
export function patternApply(
  this: KernelThread,
  scores: Numbers,
  mask: Numbers,
  statistics: Numbers,
  queries: number,
  keys: number,
  past: number,
  masked: number,
): number {
  const row = this.thread.z * queries + this.thread.y;
  const k = this.thread.x;
  const sum = statistics[row * 2 + 1];
  if (k <= this.thread.y + past && mask[(this.thread.y * keys + k) * masked] > 0.5 && sum > 0) {
    return Math.exp(scores[row * keys + k] - statistics[row * 2]) / sum;
  }
  return 0;
}

/** out[q, h, d] = Σ_k pattern[h, q, k]·values[k, h′, d]: output [D, heads, queries]. */
export function attentionMix(
  this: KernelThread,
  pattern: Numbers,
  values: Numbers,
  valueOffset: number,
  valueStride: number,
  headSize: number,
  group: number,
  queries: number,
  keys: number,
): number {
  const keyHead = ((this.thread.y + 0.5) / group) | 0;
  const row = (this.thread.y * queries + this.thread.z) * keys;
  const value = valueOffset + keyHead * headSize + this.thread.x;
  let sum = 0;
  for (let k = 0; k < keys; k++) {
    sum += pattern[row + k] * values[value + k * valueStride];
  }
  return sum;
}
