import { softmax } from '../sampling/softmax';
import type { Decoder } from '../model/decoder';
import type { Pace } from '../work';
import { forEachLogitRow } from './logitRows';
import { rankOf } from './topIndices';

/** What the model thought of each token of its input. */
export interface Surprisals {
  /** −log₂ p of each token given those before it, in bits; NaN for the first: [T]. */
  readonly surprisalBits: Float32Array;
  /** 1 for the most expected; 0 for the first token: [T]. */
  readonly ranks: Int32Array;
}

/**
 * `hidden` is the last hidden state of every position, [T, C], before the final norm. Only the ids from `from` on are told
 * of: the others stay NaN and 0.
 */
export async function surprisals(
  decoder: Decoder,
  run: { readonly ids: Int32Array; readonly hidden: Float32Array; readonly from?: number },
  pace: Pace,
): Promise<Surprisals> {
  const { ids } = run;
  const surprisalBits = new Float32Array(ids.length).fill(Number.NaN);
  const ranks = new Int32Array(ids.length);
  // Row t predicts token t + 1; the last row's token has not come yet.
  const { width } = decoder.config;
  const first = Math.max(1, run.from ?? 1);
  const values = run.hidden.subarray((first - 1) * width, (ids.length - 1) * width);
  const scratch = new Float64Array(decoder.config.vocabulary);
  await forEachLogitRow(decoder, { values, pace }, (row, logits) => {
    const { max, sum } = softmax(logits, 1, scratch);
    const index = first + row;
    const id = ids[index];
    surprisalBits[index] = (Math.log(sum) + max - logits[id]) / Math.LN2;
    ranks[index] = rankOf(logits, id);
  });
  return { surprisalBits, ranks };
}
