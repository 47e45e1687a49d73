import type { DeviceName } from './devices';
import type { ClientOf, WireOf } from './engineApi';
import type { Failure } from './failures';
import type { Progress } from './health';
import type {
  Experiment,
  ExperimentDescription,
  ExperimentResult,
  Guess,
  OpenExperiment,
  Validation,
} from './labExperiments';
import type { CorpusSource, ModelForm, RunChange, RunForm } from './labForms';
import type {
  CorpusText,
  LabPresets,
  ParameterTable,
  StartingWeight,
  VocabularyLesson,
} from './labLessons';
import type { ModelConfig } from './modelConfig';
import type { Lens, NumberBlock } from './runs';
import type { VocabularyTable } from './tokens';

/**
 * What the lab does for others, in a worker thread of its own. Every method takes one request and may be cancelled by its
 * signal; it then rejects with `cancelled`. All others reject with a `TokenscopeError`. Arrays in answers belong to the
 * caller. What a run comes to is told by `LabEvents.run` as it happens, and can be asked for again by `history`.
 */
export interface LabApi {
  /** The forms to start from, by name. */
  presets(request: Record<never, never>): Promise<LabPresets>;
  /** Text of a corpus, cut to as many characters. Rejects with `text-empty`, `file-not-text`, `file-missing`. */
  corpusText(request: { source: CorpusSource; characters: number }): Promise<CorpusText>;
  /**
   * Learns a vocabulary. Every merge is in the answer, the sample as it is after any of them can be made from it; progress
   * counts merges. Writes nothing. Rejects with `vocabulary-too-large`.
   */
  learnVocabulary(request: {
    sources: readonly CorpusSource[];
    size: number;
    special: readonly string[];
    sample: string;
  }): Promise<VocabularyLesson>;
  /** Writes the `json` of a lesson at an absolute path. Rejects with `file-unwritable`. */
  saveVocabulary(request: { file: string; json: string }): Promise<void>;
  /** What a model of this form has and costs. Rejects with `setting-invalid` or `config-invalid`. */
  parameterTable(request: {
    model: ModelForm;
    vocabulary: number;
    batch: number;
  }): Promise<ParameterTable>;
  /** A weight that a model of this form starts from. Rejects as `parameterTable` does, and with `tensor-missing`. */
  startingWeight(request: {
    model: ModelForm;
    vocabulary: number;
    seed: number;
    name: string;
  }): Promise<StartingWeight>;

  /**
   * Makes a run in an empty or new folder, at step 0, paused. Rejects with `folder-taken` where a run is, with
   * `setting-invalid`, and with what is wrong with a corpus or tokenizer.
   */
  createRun(request: { folder: string; form: RunForm }): Promise<RunDescription>;
  /** Opens the run in a folder where its last checkpoint left it, paused. Rejects with `checkpoint-foreign` and others. */
  openRun(request: { folder: string }): Promise<RunDescription>;
  /** Lets go of a run; its folder stays. */
  closeRun(request: { run: LabRunId }): Promise<void>;
  /** Goes on until `steps` are done or somebody pauses it. Answers at once; the run tells how it goes on. */
  start(request: { run: LabRunId }): Promise<void>;
  /** Stops after the step under way, and answers when a checkpoint is written. */
  pause(request: { run: LabRunId }): Promise<void>;
  change(request: { run: LabRunId; change: RunChange }): Promise<RunDescription>;
  /** One step with everything about it. The run must be paused. */
  step(request: { run: LabRunId }): Promise<StepDetail>;
  /** One tensor of the last detailed step, or of now where none was made. */
  stepTensor(request: { run: LabRunId; name: string }): Promise<StepTensor>;
  /** Everything the run has told since a step, that one excluded; 0 for all. */
  history(request: { run: LabRunId; after: number }): Promise<RunHistory>;
  /** What the model of a snapshot makes of a text. `step` is one of the run's snapshots, or `now`. */
  snapshot(request: SnapshotRequest): Promise<Snapshot>;
  /** Measured now, on this run's model and device. The run must be paused. */
  cost(request: { run: LabRunId }): Promise<Cost>;
  /** Ids of the run's tokenizer; the same for all its steps. */
  vocabulary(request: { run: LabRunId }): Promise<VocabularyTable>;
  /** Writes the model of a snapshot as a Hugging Face folder that the Inspector opens. Rejects with `folder-taken`. */
  saveModel(request: { run: LabRunId; step: number | 'now'; folder: string }): Promise<void>;

  /** Reads and checks a `*.experiment.json`. Rejects with `experiment-invalid`. */
  readExperiment(request: { file: string }): Promise<Experiment>;
  writeExperiment(request: { file: string; experiment: Experiment }): Promise<void>;
  /**
   * Makes both runs, in `baseline` and `twin` of the folder, paused. They are ordinary runs, told of by `LabEvents.run`;
   * `startExperiment` steps them in turn.
   */
  createExperiment(request: {
    folder: string;
    experiment: Experiment;
  }): Promise<ExperimentDescription>;
  /** Both runs where their last checkpoints left them, paused. Rejects with `file-missing`, `experiment-invalid` and others. */
  openExperiment(request: { folder: string }): Promise<OpenExperiment>;
  startExperiment(request: { experiment: ExperimentId }): Promise<void>;
  pauseExperiment(request: { experiment: ExperimentId }): Promise<void>;
  /** Pauses it and lets go of both runs; the folder stays. */
  closeExperiment(request: { experiment: ExperimentId }): Promise<void>;
  /** Rejects with `experiment-unfinished`. Also lies in the folder as `result.json`. */
  experimentResult(request: { experiment: ExperimentId }): Promise<ExperimentResult>;
}

export type LabRunId = number;
export type ExperimentId = number;

/** What the lab tells without being asked. */
export interface LabEvents {
  run(run: LabRunId, news: RunNews): void;
  /** Progress of one request, by the ticket it was sent with. */
  progress(ticket: number, progress: Progress): void;
}

/** Something that happened in a run. Steps come in bundles, several a second at most. */
export type RunNews =
  | { readonly kind: 'steps'; readonly steps: StepColumns }
  | { readonly kind: 'statistics'; readonly statistics: TensorStatistics }
  | { readonly kind: 'validation'; readonly step: number; readonly validation: Validation }
  | { readonly kind: 'sample'; readonly sample: RunSample }
  /** The weights of this step can be gone back to. */
  | { readonly kind: 'snapshot'; readonly step: number }
  /** A checkpoint was written: the run can be resumed from here. */
  | { readonly kind: 'saved'; readonly step: number }
  /** Its device was lost: it goes on from this step, its last checkpoint, on another; what came behind it is void. */
  | {
      readonly kind: 'moved';
      readonly step: number;
      readonly device: DeviceName;
      readonly why: Failure;
    }
  | { readonly kind: 'state'; readonly state: RunState };

/** A run is `paused` when it is made, opened or paused; `failed` when it diverged or could not write: see `failure`. */
export type RunState =
  | { readonly state: 'paused' }
  | { readonly state: 'running' }
  | { readonly state: 'finished' }
  /** The last good checkpoint is kept. */
  | { readonly state: 'failed'; readonly failure: Failure };

export interface RunDescription {
  readonly run: LabRunId;
  readonly folder: string;
  /** With all changes made since. */
  readonly form: RunForm;
  /** The learning rate that was set on the way in place of the schedule's. */
  readonly fixedRate: number | undefined;
  readonly config: ModelConfig;
  /** Steps made. */
  readonly step: number;
  readonly state: RunState;
  readonly snapshots: readonly number[];
  readonly parameters: number;
  /** Tokens to learn from, and those held out. */
  readonly trainTokens: number;
  readonly validationTokens: number;
  readonly device: DeviceName;
  /** Names and shapes of all weights. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Measures of consecutive steps as columns. */
export interface StepColumns {
  /** Step of the first row, counts from 1. */
  readonly first: number;
  /** Mean cross-entropy of the batch before the step, in nats per token. */
  readonly nats: Float32Array;
  /** Before clipping. */
  readonly gradientNorm: Float32Array;
  readonly rate: Float32Array;
  /** Time of the step alone. */
  readonly ms: Float32Array;
}

/** Statistics of one step, tensors and layers in the order of the model. */
export interface TensorStatistics {
  readonly step: number;
  /** One row a weight, in the order of `RunDescription.weights`; norms of weights are those after the step. */
  readonly weightNorm: Float32Array;
  readonly gradientNorm: Float32Array;
  /** ‖update‖ ÷ ‖weight before‖; 0 for a frozen one, NaN where the weight was all 0. */
  readonly updateRatio: Float32Array;
  readonly activations: readonly ActivationStatistics[];
}

/** Over all positions and channels of one activation of the batch, named as in the catalogue. */
export interface ActivationStatistics {
  readonly name: string;
  readonly mean: number;
  readonly deviation: number;
  readonly largest: number;
  /** Share of values that are exactly 0. */
  readonly zeros: number;
}

export interface RunSample {
  readonly step: number;
  readonly prompt: string;
  /** Greedy continuation, without the prompt. */
  readonly continuation: string;
}

export interface RunHistory {
  /** One bundle, from the step asked for on; absent where there is none. */
  readonly steps: StepColumns | undefined;
  readonly statistics: readonly TensorStatistics[];
  readonly validations: readonly { readonly step: number; readonly validation: Validation }[];
  readonly samples: readonly RunSample[];
  readonly snapshots: readonly number[];
}

export interface SnapshotRequest {
  readonly run: LabRunId;
  readonly step: number | 'now';
  readonly text: string;
  /** Block and head whose pattern is wanted; absent for none. */
  readonly head?: { readonly block: number; readonly head: number };
  /** Rows of guesses and of the lens. */
  readonly top: number;
}

export interface Snapshot {
  readonly step: number;
  /** Tokens of the text that fit the context. */
  readonly ids: Int32Array;
  /** The whole token embedding, [V, C]: where an embedding map is made from. */
  readonly embedding: NumberBlock;
  /** [Q, K] */
  readonly pattern: NumberBlock | undefined;
  readonly lens: Lens;
  /** What follows the text, most likely first. */
  readonly guesses: readonly Guess[];
  /** Nats of each token given those before it; NaN for the first. */
  readonly nats: Float32Array;
}

/** Everything about one step. Whole tensors are pulled by `stepTensor`. */
export interface StepDetail {
  readonly step: number;
  readonly rate: number;
  /** What gradients were multiplied by because of `clip`; 1 for nothing. */
  readonly gradientScale: number;
  readonly nats: number;
  readonly gradientNorm: number;
  /** [B, T] each; a target of −1 is not scored. */
  readonly shape: readonly [number, number];
  readonly ids: Int32Array;
  readonly targets: Int32Array;
  /** [B, T] nats of each target, before the step and, on the same batch, after it. */
  readonly losses: Float32Array;
  readonly lossesAfter: Float32Array;
  readonly statistics: TensorStatistics;
  readonly frozen: readonly string[];
  readonly ms: {
    readonly forward: number;
    readonly backward: number;
    readonly update: number;
  };
}

/** One weight in one step; `after` = `before` + update. */
export interface StepTensor {
  readonly name: string;
  readonly before: NumberBlock;
  /** Of the mean loss, before clipping; undefined where no detailed step was made. */
  readonly gradient: NumberBlock | undefined;
  readonly after: NumberBlock | undefined;
}

/** Medians of several measurements, per token. */
export interface Cost {
  readonly device: DeviceName;
  /** Whole training step: forward, backward, update. */
  readonly trainingMsPerToken: number;
  /** The forward half of it, on the same batch. */
  readonly forwardMsPerToken: number;
  /** Generating one token with a full key/value cache. */
  readonly inferenceMsPerToken: number;
  readonly trainingBytes: number;
  readonly inferenceBytes: number;
}

export type LabWire = WireOf<LabApi>;
export type LabClient = ClientOf<LabApi>;
