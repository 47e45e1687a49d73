import { RandomStream } from '../tensor/random';
import { Batches, type Corpus } from './batches';
import type { Batch } from './trainingModel';

/** Corpora from one step on, counted from 1. */
export interface Phase {
  readonly fromStep: number;
  readonly corpora: readonly Corpus[];
}

export interface LessonSettings {
  readonly batch: number;
  readonly length: number;
  readonly seed: number;
  readonly vocabulary: number;
  /** Share of targets that are replaced by a token drawn evenly, 0 to 1. */
  readonly labelNoise: number;
}

/** The batches of a whole run: corpora that follow one another, and targets that are not always right. */
export class Lessons {
  readonly #phases: readonly { readonly fromStep: number; readonly batches: Batches }[];
  readonly #settings: LessonSettings;
  readonly #noise: RandomStream;
  #step = 0;

  /** Phases in the order of their steps, the first from step 1. Throws `corpus-too-short`. */
  constructor(phases: readonly Phase[], settings: LessonSettings) {
    this.#settings = settings;
    this.#noise = new RandomStream(settings.seed, noiseStream);
    this.#phases = phases.map(({ fromStep, corpora }) => {
      return { fromStep, batches: new Batches(corpora, settings, settings.seed) };
    });
  }

  /** The batch of the next step. */
  next(): Batch {
    this.#step++;
    const batch = this.#batches(this.#step).next();
    if (this.#settings.labelNoise > 0) this.#mislabel(batch.targets);
    return batch;
  }

  /** Leaves out as many steps, as if their batches had been drawn. */
  skip(steps: number): void {
    for (let left = steps; left > 0; left--) {
      this.#step++;
      this.#batches(this.#step).skip(1);
    }
  }

  #batches(step: number): Batches {
    const phase = this.#phases.findLast(({ fromStep }) => fromStep <= step) ?? this.#phases[0];
    return phase.batches;
  }

  /** Two draws for each target: whether, and what instead. */
  #mislabel(targets: Int32Array): void {
    const { labelNoise, vocabulary } = this.#settings;
    const first = 2 * (this.#step - 1) * targets.length;
    for (let t = 0; t < targets.length; t++) {
      const at = first + 2 * t;
      if (this.#noise.uniform(at) >= labelNoise) continue;
      targets[t] = this.#noise.below(at + 1, vocabulary);
    }
  }
}

/** Of the seed's streams: behind those of weights, before those of dropout. */
const noiseStream = 2 ** 30 - 1;
