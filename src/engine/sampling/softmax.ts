import { fail } from '../../protocol/failures';

/** Softmax in float64, kept as numerators and denominator so that cuts can be renormalised without dividing twice. */
export interface Softmax {
  /** exp((logit − max) ÷ temperature) for each token: [V], in [0, 1]. */
  readonly numerators: Float64Array;
  /** Their sum, ≥ 1. */
  readonly sum: number;
  readonly max: number;
  /** Entropy of the probabilities over the whole vocabulary, in bits. */
  readonly entropyBits: number;
}

/**
 * Softmax of a row of logits. The largest is subtracted first, so that no exponential overflows.
 * Throws `tensor-not-finite` when a logit is NaN or infinite: no probability could be told then.
 * Whoever reads many rows hands in `numerators` [V] to be filled again.
 */
export function softmax(
  logits: ArrayLike<number>,
  temperature: number,
  numerators: Float64Array = new Float64Array(logits.length),
): Softmax {
  const max = largestFinite(logits);
  let sum = 0;
  let weighted = 0;
  for (let id = 0; id < logits.length; id++) {
    const scaled = (logits[id] - max) / temperature;
    const numerator = Math.exp(scaled);
    numerators[id] = numerator;
    sum += numerator;
    // At a tiny temperature `scaled` may be −∞, and 0·∞ is not a number; the limit of x·eˣ is 0.
    if (numerator > 0) weighted += numerator * scaled;
  }
  // H = −Σ p·ln p with ln p = scaled − ln sum.
  const entropyNats = Math.log(sum) - weighted / sum;
  return { numerators, sum, max, entropyBits: Math.max(0, entropyNats / Math.LN2) };
}

function largestFinite(logits: ArrayLike<number>): number {
  let max = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id];
    if (!Number.isFinite(logit)) {
      throw fail('tensor-not-finite', { tensor: 'logits', index: id, value: String(logit) });
    }
    if (logit > max) max = logit;
  }
  return max;
}
