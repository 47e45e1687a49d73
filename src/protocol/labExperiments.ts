import type { ExperimentId, LabRunId, RunDescription } from './labApi';
import type { CorpusChoice, RunForm } from './labForms';

/** A baseline and the one thing in which its twin differs: the content of a `*.experiment.json`. */
export interface Experiment {
  readonly version: 1;
  readonly name: string;
  readonly baseline: RunForm;
  readonly change: Change;
  /** Texts whose continuations both models are asked for in the end. */
  readonly probes: readonly string[];
  /** What the person expects, written down before. */
  readonly prediction: string;
}

/** The one thing that is different. Seed, data and everything else stay the same. */
export type Change =
  | { readonly kind: 'freeze-embeddings' }
  | { readonly kind: 'freeze-output' }
  | { readonly kind: 'freeze-block'; readonly block: number }
  | { readonly kind: 'fix-embedding-norm' }
  /** 0 switches it off. */
  | { readonly kind: 'weight-decay'; readonly decay: number }
  | { readonly kind: 'no-norm' }
  | { readonly kind: 'no-activation' }
  | { readonly kind: 'no-positions' }
  | { readonly kind: 'no-mask' }
  /** Everything that scales with the width is wider by the factor; the number of heads stays. */
  | { readonly kind: 'wider'; readonly factor: number }
  | { readonly kind: 'learning-rate'; readonly factor: number }
  | { readonly kind: 'label-noise'; readonly share: number }
  | {
      readonly kind: 'second-corpus';
      readonly fromStep: number;
      readonly corpora: readonly CorpusChoice[];
    }
  /** Only the first characters of each corpus are learned from; validation stays on what was held out before. */
  | { readonly kind: 'tiny-corpus'; readonly characters: number };

export type ChangeKind = Change['kind'];

/** What both twins came to. */
export interface ExperimentResult {
  readonly baseline: TwinResult;
  readonly twin: TwinResult;
  /** By token id, ids of the vocabulary that both share. */
  readonly tokens: TokenMoves;
  /** Every weight that at least one of them has, in the order of the baseline's. */
  readonly weights: readonly WeightMove[];
  readonly probes: readonly ProbeResult[];
}

export interface TwinResult {
  readonly run: LabRunId;
  readonly steps: number;
  /** Why the run ended before its last step, where it did. */
  readonly diverged?: { readonly step: number; readonly loss: string };
  /** Mean training loss of the last tenth of the steps, in nats per token. */
  readonly trainNats: number;
  /** On what was held out of the first corpora; undefined where nothing was. */
  readonly validation: Validation | undefined;
  /**
   * The same text, each token predicted with nothing behind it visible: what is left of a model that could look ahead.
   * Only for a run without a mask.
   */
  readonly validationBlind: Validation | undefined;
  /** Validation of the first corpora just before the second ones came; only where there are second ones. */
  readonly before: Validation | undefined;
  /** Wall time of the steps. */
  readonly ms: number;
}

export interface Validation {
  readonly natsPerToken: number;
  /** Undefined where the tokens stand for no bytes. */
  readonly bitsPerByte: number | undefined;
  readonly tokens: number;
}

/** ‖after − before‖ of a whole weight, from the first step to the last; undefined in a model that has no such weight. */
export interface WeightMove {
  readonly name: string;
  readonly baseline: number | undefined;
  readonly twin: number | undefined;
}

/** How the rows of the token embedding changed from the first step to the last. Each array [V]; NaN for a row of zeros. */
export interface TokenMoves {
  readonly baseline: Moves;
  readonly twin: Moves;
}

export interface Moves {
  /** ‖after − before‖. */
  readonly distance: Float32Array;
  readonly normBefore: Float32Array;
  readonly normAfter: Float32Array;
  /** Cosine between before and after. */
  readonly cosine: Float32Array;
}

/** What both models predict behind one text, most likely first. */
export interface ProbeResult {
  readonly text: string;
  readonly baseline: readonly Guess[];
  readonly twin: readonly Guess[];
}

export interface Guess {
  readonly id: number;
  /** As text; bytes that are no whole character are shown as �. */
  readonly text: string;
  readonly probability: number;
}

/** An experiment that is open: what it is, and its two runs. */
export interface OpenExperiment {
  readonly description: ExperimentDescription;
  readonly content: Experiment;
}

export interface ExperimentDescription {
  readonly experiment: ExperimentId;
  readonly folder: string;
  readonly baseline: RunDescription;
  readonly twin: RunDescription;
}
