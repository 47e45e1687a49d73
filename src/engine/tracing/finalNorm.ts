import type { ModelConfig } from '../../protocol/modelConfig';
import { hasFinalNorm } from '../model/shapes';
import type { WeightSource } from '../model/weights';
import { readWeight } from '../weightSlices';
import type { Pace } from '../work';

/**
 * The final norm seen as a linear map: what it does to a part of the hidden state once its scale is held at a value.
 * out = (part − mean(part))·scale ∘ weight for LayerNorm; RMSNorm does not subtract the mean; without a final norm it is
 * the identity.
 */
export interface FinalNorm {
  /** γ: [C]; all 1 without a norm. */
  readonly weight: Float32Array;
  /** β: [C]; all 0 where there is none. */
  readonly bias: Float32Array;
  readonly centred: boolean;
  /** The factor for a given hidden state [C]: 1 ÷ √(variance + ε), or 1. */
  readonly scale: (hidden: Float32Array) => number;
}

export async function finalNorm(
  config: ModelConfig,
  weights: WeightSource,
  pace: Pace,
): Promise<FinalNorm> {
  const { width } = config;
  const bias = new Float32Array(width);
  if (!hasFinalNorm(config)) {
    return { weight: new Float32Array(width).fill(1), bias, centred: false, scale: () => 1 };
  }
  const read = async (name: string): Promise<Float32Array> => {
    const { values } = await readWeight(weights, { name, index: [], columns: undefined }, pace);
    return values;
  };
  const centred = config.norm === 'layer';
  return {
    weight: await read('ln_f.weight'),
    bias: centred ? await read('ln_f.bias') : bias,
    centred,
    scale: (hidden) => scaleOf(hidden, centred, config.normEpsilon),
  };
}

/**
 * The direction whose dot product with a part of the hidden state is that part's share of a logit, up to the scale:
 * γ ∘ u for the unembedding row u, less its mean where the norm subtracts the part's mean
 * (Σ (p − mean p)·d = Σ p·(d − mean d)).
 */
export function logitDirection(norm: FinalNorm, unembedding: ArrayLike<number>): Float64Array {
  const direction = Float64Array.from(norm.weight, (weight, c) => weight * unembedding[c]);
  return norm.centred ? centre(direction) : direction;
}

export function centre(vector: Float64Array): Float64Array {
  const mean = vector.reduce((sum, value) => sum + value, 0) / vector.length;
  return vector.map((value) => value - mean);
}

function scaleOf(hidden: Float32Array, centred: boolean, epsilon: number): number {
  const exact = Float64Array.from(hidden);
  const values = centred ? centre(exact) : exact;
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  return 1 / Math.sqrt(square + epsilon);
}
