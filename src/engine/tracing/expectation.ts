import type { Expectation } from '../../protocol/runs';
import { checkIds, checkWhole } from '../ids';
import type { PrefixCache } from '../sampling/prefixCache';
import { softmax } from '../sampling/softmax';
import type { ModelConfig } from '../../protocol/modelConfig';
import type { Pace } from '../work';
import { rankOf, topIndices } from './topIndices';

/**
 * What the model thought of one token given what stands before it and fits the context. `cache` keeps the text's keys and
 * values, so that asking about the next token of the same text costs one step.
 */
export async function expectation(
  model: { readonly config: ModelConfig; readonly cache: PrefixCache },
  request: { readonly ids: Int32Array; readonly index: number; readonly top: number },
  pace: Pace,
): Promise<Expectation> {
  const { ids, index, top } = request;
  checkIds(ids, model.config.vocabulary);
  checkWhole('index', index, [1, ids.length - 1]);
  checkWhole('top', top, [0, 1000]);
  const { logits, use } = await model.cache.logitsAfter(ids.subarray(0, index), pace);
  const id = ids[index];
  const { numerators, sum, max } = softmax(logits, 1);
  return {
    id,
    probability: numerators[id] / sum,
    rank: rankOf(logits, id),
    surprisalBits: (Math.log(sum) + max - logits[id]) / Math.LN2,
    contextLength: use.kept + use.computed,
    top: Array.from(topIndices(logits, top), (other) => ({
      id: other,
      probability: numerators[other] / sum,
    })),
  };
}
