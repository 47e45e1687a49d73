import type { Validation } from '../../protocol/labExperiments';
import { softmax } from '../sampling/softmax';
import type { Pace } from '../work';
import type { ScoredText } from './runData';
import type { SnapshotModel } from './snapshotModel';

/** So many tokens are enough to tell, each of which takes a pass. */
const mostTokens = 512;

/**
 * Scores each token given those before it alone: nothing behind it is there to be seen, whatever the model's mask. Windows
 * are those of `training/evaluation.ts`.
 */
export async function blindValidation(
  model: SnapshotModel,
  { tokens, bytesOf }: ScoredText,
  pace: Pace,
): Promise<Validation> {
  const { decoder } = model;
  const { context } = decoder.config;
  const { pause: breathe, signal } = pace;
  let [nats, scored, bytes] = [0, 0, 0];
  for (let at = 1; at < Math.min(tokens.length, mostTokens); at++) {
    const start = at - (at % context);
    if (start === at) continue;
    const ids = Int32Array.from(tokens.subarray(start, at));
    const logits = await decoder.forward({ ids, logits: 'last', breathe, signal });
    const { max, sum } = softmax(logits, 1);
    nats += Math.log(sum) + max - logits[tokens[at]];
    bytes += bytesOf(tokens[at]);
    scored++;
  }
  const bitsPerByte = bytes > 0 ? nats / Math.LN2 / bytes : undefined;
  return { natsPerToken: nats / scored, bitsPerByte, tokens: scored };
}
