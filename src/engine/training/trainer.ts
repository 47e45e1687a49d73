import { fail } from '../../protocol/failures';
import type { ModelConfig } from '../../protocol/modelConfig';
import type { TrainingDevice } from '../devices/trainingDevice';
import type { LoadOptions } from '../model/weightLoader';
import { globExpression } from '../globExpression';
import { Batches, type Corpus, type TokenStream } from './batches';
import type { Checkpoint, CheckpointContent } from './checkpoint';
import { evaluate, type Evaluation } from './evaluation';
import { initialWeights } from './initialWeights';
import { Optimiser, type OptimiserSettings } from './optimiser';
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
    options: Pick<LoadOptions, 'breathe' | 'signal'> & { readonly from?: Checkpoint | undefined },
  ): Promise<Trainer> {
    const { device, plan } = on;
    const size = { batch: plan.batch, length: plan.config.context };
    const batches = new Batches(corpora, size, plan.seed);
    const source = options.from?.weights ?? initialWeights(plan.config, plan.seed);
    const place = { device, config: plan.config };
    const weights = await TrainedWeights.load(place, { ...options, weights: source });
    const owned: { free(): void }[] = [weights];
    try {
      const model = await TrainingModel.create(place, weights, size);
      owned.push({ free: () => model.dispose() });
      const optimiser = new Optimiser(device, learning(weights, plan), plan.optimiser);
      owned.push({ free: () => optimiser.dispose() });
      const trainer = new Trainer(on, { batches, weights, model, optimiser });
      if (options.from !== undefined) await trainer.#resume(options.from);
      return trainer;
    } catch (thrown) {
      for (const memory of owned) memory.free();
      throw thrown;
    }
  }

  readonly plan: TrainingPlan;
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
    this.plan = on.plan;
    this.#device = on.device;
    this.#parts = parts;
  }

  /** Steps made, those before a checkpoint included. */
  get step(): number {
    return this.#step;
  }

  /**
   * One step. Throws `training-diverged` when the loss is no number, or ten times the best so far and worse than knowing
   * nothing; and whatever `pause` throws. The step is not made then, and may be tried again.
   */
  async advance(pause: () => Promise<void>): Promise<StepReport> {
    const { weights, model, optimiser } = this.#parts;
    const step = this.#step + 1;
    const batch = (this.#batch ??= this.#parts.batches.next());
    for (const { gradient } of weights.all) this.#device.clear(gradient);
    const { nats, targets } = await model.learn(batch, pause);
    const gradientNorm = await optimiser.gradientNorm();
    if (!Number.isFinite(gradientNorm) || !(nats <= this.#highestLoss())) {
      throw fail('training-diverged', { step, loss: String(nats), best: String(this.#best) });
    }
    const rate = learningRate(this.plan.schedule, step, this.plan.steps);
    const gradientScale = Math.min(1, this.plan.clip / gradientNorm);
    optimiser.update({ rate, step, gradientScale });
    this.#best = Math.min(this.#best, Math.fround(nats));
    this.#step = step;
    this.#batch = undefined;
    return { step, nats, gradientNorm, rate, tokens: targets };
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
      run: { step: this.#step, seed: this.plan.seed, best: this.#best },
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
    return Math.max(divergence * this.#best, Math.log(this.plan.config.vocabulary));
  }

  async #resume(from: Checkpoint): Promise<void> {
    for (const [name, array] of this.#parts.optimiser.state) {
      for await (const { offset, values } of from.state(name, array.length)) {
        this.#device.write(array, offset, values);
      }
    }
    this.#step = from.run.step;
    this.#best = from.run.best;
    this.#parts.batches.skip(from.run.step);
  }
}

const divergence = 10;

interface Parts {
  readonly batches: Batches;
  readonly weights: TrainedWeights;
  readonly model: TrainingModel;
  readonly optimiser: Optimiser;
}

function learning(weights: TrainedWeights, { freeze }: TrainingPlan): TrainedWeights['all'] {
  const frozen = freeze.map(globExpression);
  return weights.all.filter(({ name }) => !frozen.some((glob) => glob.test(name)));
}
