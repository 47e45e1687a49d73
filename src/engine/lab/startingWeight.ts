import type { Initialisation } from '../../protocol/labForms';
import type { StartingWeight } from '../../protocol/labLessons';
import type { ModelConfig } from '../../protocol/modelConfig';
import { initialWeights } from '../training/initialWeights';

/** Numbers that are told; more would not be seen in a picture. */
const toldNumbers = 65_536;

/** A weight that a model of this config starts from. Throws `tensor-missing`. */
export async function startingWeight(
  config: ModelConfig,
  from: { readonly seed: number; readonly initialisation: Initialisation },
  name: string,
): Promise<StartingWeight> {
  const weights = initialWeights(config, from.seed, from.initialisation);
  const shape = weights.shape(name);
  const told: number[] = [];
  let [count, sum, squares] = [0, 0, 0];
  for await (const { values } of weights.chunks(name)) {
    for (const value of values) {
      sum += value;
      squares += value * value;
      if (told.length < toldNumbers) told.push(value);
    }
    count += values.length;
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return { name, shape, mean, deviation, values: Float32Array.from(told) };
}
