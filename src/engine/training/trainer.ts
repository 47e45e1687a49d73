import { fail } from '../../protocol/failures';
import type { Initialisation } from '../../protocol/labForms';
import type { ModelConfig } from '../../protocol/modelConfig';
import type { TrainingDevice } from '../devices/trainingDevice';
import type { Corpus, TokenStream } from './batches';
import type { Checkpoint, CheckpointContent } from './checkpoint';
import { evaluate, type Evaluation } from './evaluation';
import type { Phase } from './lessons';
import type { OptimiserSettings } from './optimiser';
import { learningRate, type Schedule } from './schedule';
import type { TrainedWeights } from './trainedWeights';
import {
  frozenNames,
  makeTrainerParts,
  type Loading,
  type TrainerParts,
  type TrainingPlace,
} from './trainerParts';
import type { Batch, TrainingModel } from './trainingModel';

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
    on: TrainingPlace,
    corpora: readonly Corpus[],
    options: TrainerOptions & { readonly from?: Checkpoint | undefined },
  ): Promise<Trainer> {
    const phases = [{ fromStep: 1, corpora }];
    const { then, from, ...loading } = options;
    if (then !== undefined) phases.push(then);
    const parts = await makeTrainerParts(on, { phases, from }, loading);
    return new Trainer(on, { parts, phases, from });
  }

  #plan: TrainingPlan;
  #device: TrainingDevice;
  #parts: TrainerParts;
  readonly #phases: readonly Phase[];
  #step = 0;
  /** Drawn for the step that is under way. */
  #batch: Batch | undefined;
  /** Lowest loss of a batch so far. */
  #best = Infinity;

  private constructor(
    on: TrainingPlace,
    made: {
      readonly parts: TrainerParts;
      readonly phases: readonly Phase[];
      readonly from: Checkpoint | undefined;
    },
  ) {
    this.#plan = on.plan;
    this.#device = on.device;
    this.#parts = made.parts;
    this.#phases = made.phases;
    this.#startFrom(made.from);
  }

  /**
   * Goes on from a checkpoint on another device, as if it had been created there; what it held on the one of before is let
   * go of. That device is the caller's. Throws what `create` throws; nothing has changed then.
   */
  async move(
    on: TrainingPlace,
    from: Checkpoint,
    loading: Omit<TrainerOptions, 'then'>,
  ): Promise<void> {
    const parts = await makeTrainerParts(on, { phases: this.#phases, from }, loading);
    this.dispose();
    this.#plan = on.plan;
    this.#device = on.device;
    this.#parts = parts;
    this.#startFrom(from);
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
    const learned = await model.learn(batch, pause, step);
    // Asked for in one turn: a device that is far away is asked once.
    const [{ nats, targets }, gradientNorm] = await Promise.all([
      learned.loss(),
      optimiser.gradientNorm(),
    ]);
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

  #startFrom(from: Checkpoint | undefined): void {
    this.#step = from?.run.step ?? 0;
    this.#best = from?.run.best ?? Infinity;
    this.#batch = undefined;
  }
}

const divergence = 10;

type TrainerOptions = Loading & {
  /** Corpora that take the place of the first ones from a step on. */
  readonly then?: Phase | undefined;
};
