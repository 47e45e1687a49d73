import { fail } from '../../protocol/failures';
import type { Initialisation } from '../../protocol/labForms';
import type { ModelConfig } from '../../protocol/modelConfig';
import type { TrainingDevice } from '../devices/trainingDevice';
import type { LoadOptions } from '../model/weightLoader';
import { globExpression } from '../globExpression';
import type { Corpus, TokenStream } from './batches';
import type { Checkpoint, CheckpointContent } from './checkpoint';
import { evaluate, type Evaluation } from './evaluation';
import { initialWeights } from './initialWeights';
import { Lessons, type Phase } from './lessons';
import { Optimiser, type OptimiserSettings } from './optimiser';
import { RowNorms } from './rowNorms';
import { learningRate, type Schedule } from './schedule';
import { TrainedWeights } from './trainedWeights';
import { TrainingModel, type Batch } from './trainingModel';

/** Everything that decides which numbers a training run comes to, beside its corpora and the device. */
export interface TrainingPlan {
  readonly config: ModelConfig;
  /** Sequences in a batch; each has the context's length. */
  readonly batch: number;
  /** The learning rate falls over as many steps. */
  readonly steps: number;
  readonly seed: number;
  readonly optimiser: OptimiserSettings;
  readonly schedule: Schedule;
  /** Gradients with a larger norm are scaled down to it (Pascanu et al. 2013, algorithm 1). */
  readonly clip: number;
  /** Globs over names of weights that stay as they are. */
  readonly freeze: readonly string[];
  /** The rate of every step in place of the schedule's. */
  readonly rate?: number | undefined;
  /** Default `normal`. */
  readonly initialisation?: Initialisation;
  /** Share of values that are dropped out; default 0. */
  readonly dropout?: number;
  /** Share of targets that are replaced by chance; default 0. */
  readonly labelNoise?: number;
  /** Whether rows of the token embedding keep the norm that they started with. */
  readonly fixEmbeddingNorm?: boolean;
}

/** What may change between two steps; what is absent stays. `rate: undefined` goes back to the schedule. */
export interface PlanChange extends Partial<
  Pick<TrainingPlan, 'rate' | 'clip' | 'freeze' | 'steps'>
> {
  readonly decay?: number;
}

/** Who looks at a step in the making. */
export interface StepWatcher {
  /** Gradients are there, weights are not moved yet. */
  beforeUpdate(): Promise<void>;
  /** Weights have moved, gradients are still there. */
  afterUpdate(): Promise<void>;
}

/** What one step was like. */
export interface StepReport {
  /** Counts from 1. */
  readonly step: number;
  /** Mean cross-entropy of the batch, before the step. */
  readonly nats: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly rate: number;
  /** What gradients were multiplied by to be clipped, at most 1. */
  readonly gradientScale: number;
  readonly tokens: number;
}

/**
 * A model learning: one step at a time, from a seed or from where a checkpoint left off. On one device, a run that was
 * interrupted and resumed comes to the very numbers of one that was not; the reference device, whose float64 a checkpoint
 * rounds, comes close.
 */
export class Trainer {
  /** Throws `corpus-too-short`, `cancelled`, `out-of-memory`, and what reading a checkpoint throws. */
  static async create(
    on: { readonly device: TrainingDevice; readonly plan: TrainingPlan },
    corpora: readonly Corpus[],
    options: Pick<LoadOptions, 'breathe' | 'signal'> & {
      readonly from?: Checkpoint | undefined;
      /** Corpora that take the place of the first ones from a step on. */
      readonly then?: Phase | undefined;
    },
  ): Promise<Trainer> {
    const { device, plan } = on;
    const size = { batch: plan.batch, length: plan.config.context };
    const phases = [
      { fromStep: 1, corpora },
      ...(options.then === undefined ? [] : [options.then]),
    ];
    const { vocabulary } = plan.config;
    const { seed, labelNoise = 0 } = plan;
    const lessons = new Lessons(phases, { ...size, seed, vocabulary, labelNoise });
    const start = initialWeights(plan.config, seed, plan.initialisation);
    const source = options.from?.weights ?? start;
    const dropout = { share: plan.dropout ?? 0, seed };
    const place = { device, config: plan.config, dropout };
    const weights = await TrainedWeights.load(place, { ...options, weights: source });
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
      const trainer = new Trainer(on, { lessons, weights, model, optimiser, norms });
      if (options.from !== undefined) await trainer.#resume(options.from);
      return trainer;
    } catch (thrown) {
      for (const memory of owned) memory.free();
      throw thrown;
    }
  }

  #plan: TrainingPlan;
  readonly #device: TrainingDevice;
  readonly #parts: Parts;
  #step = 0;
  /** Drawn for the step that is under way. */
  #batch: Batch | undefined;
  /** Lowest loss of a batch so far. */
  #best = Infinity;

  private constructor(
    on: { readonly device: TrainingDevice; readonly plan: TrainingPlan },
    parts: Parts,
  ) {
    this.#plan = on.plan;
    this.#device = on.device;
    this.#parts = parts;
  }

  get plan(): TrainingPlan {
    return this.#plan;
  }

  get device(): TrainingDevice {
    return this.#device;
  }

  get model(): TrainingModel {
    return this.#parts.model;
  }

  /** In the order of files. */
  get weights(): TrainedWeights['all'] {
    return this.#parts.weights.all;
  }

  /** Names of the weights that stay as they are. */
  get frozen(): ReadonlySet<string> {
    return this.#parts.optimiser.frozen;
  }

  /** The batch of the next step. */
  get batch(): Batch {
    return (this.#batch ??= this.#parts.lessons.next());
  }

  /** Holds from the next step on. */
  change({ decay, ...change }: PlanChange): void {
    const { optimiser, weights } = this.#parts;
    this.#plan = { ...this.#plan, ...change };
    if (change.freeze !== undefined) optimiser.freeze(frozenNames(weights, change.freeze));
    if (decay === undefined) return;
    this.#plan = { ...this.#plan, optimiser: { ...this.#plan.optimiser, decay } };
    optimiser.decay = decay;
  }

  /** Steps made, those before a checkpoint included. */
  get step(): number {
    return this.#step;
  }

  /**
   * One step. Throws `training-diverged` when the loss is no number, or ten times the best so far and worse than knowing
   * nothing; and whatever `pause` throws. The step is not made then, and may be tried again.
   */
  async advance(pause: () => Promise<void>, watcher?: StepWatcher): Promise<StepReport> {
    const { weights, model, optimiser } = this.#parts;
    const step = this.#step + 1;
    const { batch } = this;
    for (const { gradient } of weights.all) this.#device.clear(gradient);
    const { nats, targets } = await model.learn(batch, pause, step);
    const gradientNorm = await optimiser.gradientNorm();
    if (!Number.isFinite(gradientNorm) || !(nats <= this.#highestLoss())) {
      throw fail('training-diverged', { step, loss: String(nats), best: String(this.#best) });
    }
    await watcher?.beforeUpdate();
    const { schedule, steps, clip } = this.#plan;
    const rate = this.#plan.rate ?? learningRate(schedule, step, steps);
    const gradientScale = Math.min(1, clip / gradientNorm);
    optimiser.update({ rate, step, gradientScale });
    await this.#parts.norms?.restore(this.#device);
    await watcher?.afterUpdate();
    this.#best = Math.min(this.#best, Math.fround(nats));
    this.#step = step;
    this.#batch = undefined;
    return { step, nats, gradientNorm, rate, gradientScale, tokens: targets };
  }

  /** Scores a text; the model does not learn from it. */
  evaluate(
    text: { readonly tokens: TokenStream; readonly bytesOf: (id: number) => number },
    pause: () => Promise<void>,
  ): Promise<Evaluation> {
    return evaluate(this.#parts.model, text, pause);
  }

  /** What a checkpoint holds: weights, what the optimiser remembers, and where the run is. Read it before the next step. */
  content(): CheckpointContent {
    const { weights, optimiser } = this.#parts;
    return {
      device: this.#device,
      weights: weights.all,
      state: optimiser.state,
      run: { step: this.#step, seed: this.#plan.seed, best: this.#best },
    };
  }

  dispose(): void {
    const { weights, model, optimiser } = this.#parts;
    optimiser.dispose();
    model.dispose();
    weights.free();
  }

  /** Nats beyond which a run has diverged; a text known by heart may have a batch of ten times its least loss. */
  #highestLoss(): number {
    return Math.max(divergence * this.#best, Math.log(this.#plan.config.vocabulary));
  }

  async #resume(from: Checkpoint): Promise<void> {
    for (const [name, array] of this.#parts.optimiser.state) {
      for await (const { offset, values } of from.state(name, array.length)) {
        this.#device.write(array, offset, values);
      }
    }
    this.#step = from.run.step;
    this.#best = from.run.best;
    this.#parts.lessons.skip(from.run.step);
  }
}

const divergence = 10;

interface Parts {
  readonly lessons: Lessons;
  readonly weights: TrainedWeights;
  readonly model: TrainingModel;
  readonly optimiser: Optimiser;
  readonly norms: RowNorms | undefined;
}

function frozenNames(weights: TrainedWeights, freeze: readonly string[]): ReadonlySet<string> {
  const globs = freeze.map(globExpression);
  const names = weights.all.map(({ name }) => name);
  return new Set(names.filter((name) => globs.some((glob) => glob.test(name))));
}
