/** What a trainer is made of on a device: made together, and let go of together when one cannot be made. */
import type { TrainingDevice } from '../devices/trainingDevice';
import { globExpression } from '../globExpression';
import type { LoadOptions } from '../model/weightLoader';
import type { Checkpoint } from './checkpoint';
import { initialWeights } from './initialWeights';
import { Lessons, type Phase } from './lessons';
import { Optimiser } from './optimiser';
import { RowNorms } from './rowNorms';
import { TrainedWeights } from './trainedWeights';
import type { TrainingPlan } from './trainer';
import { TrainingModel } from './trainingModel';

export interface TrainingPlace {
  readonly device: TrainingDevice;
  readonly plan: TrainingPlan;
}

export type Loading = Pick<LoadOptions, 'breathe' | 'signal'>;

export interface TrainerParts {
  readonly lessons: Lessons;
  readonly weights: TrainedWeights;
  readonly model: TrainingModel;
  readonly optimiser: Optimiser;
  readonly norms: RowNorms | undefined;
}

/** From a seed, or from where a checkpoint left off. Throws what `Trainer.create` throws, and leaves nothing then. */
export async function makeTrainerParts(
  { device, plan }: TrainingPlace,
  run: { readonly phases: readonly Phase[]; readonly from: Checkpoint | undefined },
  loading: Loading,
): Promise<TrainerParts> {
  const { config, seed, labelNoise = 0 } = plan;
  const size = { batch: plan.batch, length: config.context };
  const { vocabulary } = config;
  const lessons = new Lessons(run.phases, { ...size, seed, vocabulary, labelNoise });
  const start = initialWeights(config, seed, plan.initialisation);
  const dropout = { share: plan.dropout ?? 0, seed };
  const place = { device, config, dropout };
  const source = run.from?.weights ?? start;
  const weights = await TrainedWeights.load(place, { ...loading, weights: source });
  const owned: { free(): void }[] = [weights];
  try {
    const model = await TrainingModel.create(place, weights, size);
    owned.push({ free: () => model.dispose() });
    const optimiser = new Optimiser(device, weights.all, plan.optimiser);
    owned.push({ free: () => optimiser.dispose() });
    optimiser.freeze(frozenNames(weights, plan.freeze));
    const norms =
      plan.fixEmbeddingNorm === true
        ? await RowNorms.of(weights.get('wte.weight'), start)
        : undefined;
    const parts = { lessons, weights, model, optimiser, norms };
    if (run.from !== undefined) await resume(device, parts, run.from);
    return parts;
  } catch (thrown) {
    for (const memory of owned) memory.free();
    throw thrown;
  }
}

export function frozenNames(
  weights: TrainedWeights,
  freeze: readonly string[],
): ReadonlySet<string> {
  const globs = freeze.map(globExpression);
  const names = weights.all.map(({ name }) => name);
  return new Set(names.filter((name) => globs.some((glob) => glob.test(name))));
}

/** Brings back what the optimiser remembered, and leaves out the lessons that were had. */
async function resume(
  device: TrainingDevice,
  { optimiser, lessons }: TrainerParts,
  from: Checkpoint,
): Promise<void> {
  for (const [name, array] of optimiser.state) {
    for await (const { offset, values } of from.state(name, array.length)) {
      device.write(array, offset, values);
    }
  }
  lessons.skip(from.run.step);
}
