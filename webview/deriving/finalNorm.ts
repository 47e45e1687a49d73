/** The final norm as it acts on one state of the run, in float64. */
import type { Inspector } from '../view';
import { weightName } from '../weightName';
import { at } from '../picture/at';

export interface FinalNorm {
  /** γ; all 1 without a norm. */
  readonly weight: Float32Array;
  /** β; undefined where there is none. */
  readonly bias: Float32Array | undefined;
  /** What is subtracted from the state: its mean with LayerNorm (Ba et al. 2016), nothing with RMSNorm (Zhang and Sennrich 2019). */
  readonly mean: number;
  /** 1 ÷ √(variance + ε). */
  readonly scale: number;
  readonly isCentred: boolean;
}

/** Undefined until the weights are there. Without a final norm it changes nothing. */
export function finalNormOf(
  { subject, numbers }: Inspector,
  state: Float32Array,
): FinalNorm | undefined {
  const { model } = subject.value;
  const { norm, normPlace, normEpsilon } = model.config;
  const [gain, shift] = ['ln_f.weight', 'ln_f.bias'].map((each) => weightName(model, each));
  if (norm === 'none' || normPlace === 'post') {
    const weight = new Float32Array(state.length).fill(1);
    return { weight, bias: undefined, mean: 0, scale: 1, isCentred: false };
  }
  const weight = gain === undefined ? undefined : numbers.weight(gain)?.values;
  const bias = shift === undefined ? undefined : numbers.weight(shift)?.values;
  if (!weight || (shift !== undefined && !bias)) return undefined;
  const isCentred = norm === 'layer';
  const mean = isCentred ? state.reduce((sum, value) => sum + value, 0) / state.length : 0;
  const square = state.reduce((sum, value) => sum + (value - mean) ** 2, 0) / state.length;
  return { weight, bias, mean, scale: 1 / Math.sqrt(square + normEpsilon), isCentred };
}

/** The state as the unembedding reads it. */
export function normalized(
  state: Float32Array,
  { weight, bias, mean, scale }: FinalNorm,
): Float32Array {
  return state.map((value, i) => (value - mean) * scale * at(weight, i) + (bias ? at(bias, i) : 0));
}
