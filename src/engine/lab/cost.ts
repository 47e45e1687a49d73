import type { Cost } from '../../protocol/labApi';
import type { RunForm } from '../../protocol/labForms';
import { modelSize } from '../model/parameters';
import type { TrainingDevice } from '../devices/trainingDevice';
import { Trainer } from '../training/trainer';
import type { Pace } from '../work';
import type { LabHost } from './labHost';
import { parameterTable } from './parameterTable';
import { planOf, type RunData } from './runData';
import type { SnapshotModel } from './snapshotModel';

const repetitions = 5;

/**
 * Measures a training step beside an inference step: a trainer of the same form on the same device makes a few steps of
 * its own, so that the run stays as it is. The cache of the inference is full but for the token.
 */
export async function measureCost(
  on: { readonly host: LabHost; readonly device: TrainingDevice; readonly pace: Pace },
  run: { readonly form: RunForm; readonly data: RunData },
  model: SnapshotModel,
): Promise<Cost> {
  const { config } = run.data;
  const now = (): number => on.host.engine.now();
  const tokens = run.form.training.batch * config.context;
  const table = parameterTable(config, run.form.training.batch);
  const { weightBytes, cacheBytes } = modelSize(config);
  const plan = planOf(run.form, config);
  const { pause } = on.pace;
  const trainer = await Trainer.create({ device: on.device, plan }, run.data.corpora, {
    breathe: pause,
    signal: on.pace.signal,
  });
  try {
    const training = await median(now, async () => {
      await trainer.advance(pause);
    });
    const forward = await median(now, async () => {
      await trainer.model.measure(trainer.batch, pause);
    });
    return {
      device: on.device.name,
      trainingMsPerToken: training / tokens,
      forwardMsPerToken: forward / tokens,
      inferenceMsPerToken: await inference(now, model, on.pace),
      trainingBytes: table.trainingBytes,
      inferenceBytes: weightBytes + cacheBytes,
    };
  } finally {
    trainer.dispose();
  }
}

async function inference(now: () => number, model: SnapshotModel, pace: Pace): Promise<number> {
  const { decoder } = model;
  const { pause: breathe, signal } = pace;
  const cache = decoder.newCache();
  try {
    const past = decoder.config.context - 1;
    const first = new Int32Array(past);
    if (past > 0) await decoder.forward({ ids: first, cache, logits: 'none', breathe, signal });
    return await median(now, async () => {
      cache.truncate(past);
      await decoder.forward({ ids: Int32Array.of(0), cache, logits: 'last', breathe, signal });
    });
  } finally {
    cache.dispose();
  }
}

/** Milliseconds; the first time warms up and does not count. */
async function median(now: () => number, work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const before = now();
    await work();
    if (i > 0) times.push(now() - before);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)];
}
