/** How the learning rate rises and falls. */
export interface Schedule {
  /** The highest rate. */
  readonly peak: number;
  /** Steps in which the rate rises to it. */
  readonly warmup: number;
  /** The rate of the last step, as a share of the peak. */
  readonly final: number;
}

/**
 * Rate of a step, counted from 1, of `steps`: a straight line up to the peak, then half a cosine down (Loshchilov & Hutter
 * 2017, eq. 5, without restarts). Behind the last step it stays where it ended.
 */
export function learningRate(schedule: Schedule, step: number, steps: number): number {
  const { peak, warmup, final } = schedule;
  if (step <= warmup) return (peak * step) / warmup;
  const done = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return peak * (final + ((1 - final) * (1 + Math.cos(Math.PI * done))) / 2);
}
