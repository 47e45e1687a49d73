import type { StepDetail } from '../../protocol/labApi';
import type { StepReport, Trainer } from '../training/trainer';
import { StepWatch } from './stepWatch';

/** One step that was looked at from all sides. */
export interface DetailedStep {
  readonly report: StepReport;
  readonly watch: StepWatch;
  readonly detail: StepDetail;
  /** Time of the step alone, in milliseconds. */
  readonly ms: number;
}

/** Makes a step; forward once more before and behind it, for the loss of each token. Throws what `Trainer.advance` throws. */
export async function detailedStep(
  trainer: Trainer,
  { now, pause }: { readonly now: () => number; readonly pause: () => Promise<void> },
): Promise<DetailedStep> {
  const { batch, model, plan } = trainer;
  const started = now();
  const losses = Float32Array.from(await model.losses(batch, pause));
  const forward = now() - started;
  const watch = new StepWatch(trainer, now);
  const before = now();
  const report = await trainer.advance(pause, watch);
  const ms = now() - before;
  const { step, rate, gradientScale, nats, gradientNorm } = report;
  const detail: StepDetail = {
    ...{ step, rate, gradientScale, nats, gradientNorm },
    shape: [plan.batch, plan.config.context],
    ids: batch.ids,
    targets: batch.targets,
    losses,
    // The step is made: whoever cancels now comes too late.
    lossesAfter: Float32Array.from(await model.losses(batch, () => Promise.resolve())),
    statistics: watch.statistics(step),
    frozen: [...trainer.frozen],
    ms: {
      forward,
      backward: Math.max(0, watch.gradientsMs - forward),
      update: watch.updateMs,
    },
  };
  return { report, watch, detail, ms };
}
