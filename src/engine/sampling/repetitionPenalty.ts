/**
 * Logits with those of `seen` ids made less likely: positive ones are divided by the penalty, negative ones multiplied,
 * each id once (Keskar et al. 2019, section 4.1; transformers' RepetitionPenaltyLogitsProcessor). Without a penalty the
 * logits themselves.
 */
export function penalised(
  logits: ArrayLike<number>,
  seen: Int32Array | undefined,
  penalty = 1,
): ArrayLike<number> {
  if (penalty === 1 || seen === undefined) return logits;
  const lowered = Float64Array.from(logits);
  for (const id of new Set(seen)) {
    const logit = lowered[id];
    lowered[id] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return lowered;
}
