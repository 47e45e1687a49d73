import type { TrainingDevice } from '../trainingDevice';
import { valuesOf } from './referenceMemory';

/** Cross-entropy with its gradient; the largest logit is subtracted first, so that no exponential overflows. */
export function crossEntropy(op: Parameters<TrainingDevice['crossEntropy']>[0]): void {
  const { targets, columns, scale } = op;
  const [logits, losses] = [valuesOf(op.logits), valuesOf(op.losses)];
  for (let t = 0; t < targets.length; t++) {
    const row = logits.subarray(t * columns, (t + 1) * columns);
    const target = targets[t];
    if (target < 0) {
      row.fill(0);
      losses[op.offset + t] = 0;
      continue;
    }
    let largest = -Infinity;
    for (const logit of row) largest = Math.max(largest, logit);
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - largest);
    losses[op.offset + t] = largest + Math.log(sum) - row[target];
    for (let c = 0; c < columns; c++) row[c] = (scale * Math.exp(row[c] - largest)) / sum;
    row[target] -= scale;
  }
}
