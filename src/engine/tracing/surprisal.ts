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

/** `hidden` is the last hidden state of every position, [T, C], before the final norm. */
export async function surprisals(
  decoder: Decoder,
  run: { readonly ids: Int32Array; readonly hidden: Float32Array },
  pace: Pace,
): Promise<Surprisals> {
  const { ids } = run;
  const surprisalBits = new Float32Array(ids.length).fill(Number.NaN);
  const ranks = new Int32Array(ids.length);
  // Row t predicts token t + 1; the last row's token has not come yet.
  const values = run.hidden.subarray(0, (ids.length - 1) * decoder.config.width);
  const scratch = new Float64Array(decoder.config.vocabulary);
  await forEachLogitRow(decoder, { values, pace }, (row, logits) => {
    const { max, sum } = softmax(logits, 1, scratch);
    const id = ids[row + 1];
    surprisalBits[row + 1] = (Math.log(sum) + max - logits[id]) / Math.LN2;
    ranks[row + 1] = rankOf(logits, id);
  });
  return { surprisalBits, ranks };
}
