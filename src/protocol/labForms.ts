import type { DeviceName } from './devices';
import type { ModelConfig } from './modelConfig';

/** Everything that decides which numbers a training run comes to: what the person fills in, and what `run.json` holds. */
export interface RunForm {
  readonly name: string;
  readonly model: ModelForm;
  readonly tokenizer: TokenizerChoice;
  /** At least one. */
  readonly corpora: readonly CorpusChoice[];
  /** Tokens at the end of each corpus, as a share of it, that are kept for validation: 0 to 0.5. */
  readonly validationShare: number;
  /** Only so many characters of each corpus, from its start, are learned from; absent for all. */
  readonly trainCharacters?: number;
  readonly training: TrainingForm;
  readonly watch: WatchForm;
  /** Absent for the one that is wished for when the run is opened. */
  readonly device?: DeviceName;
}

/** A model's config without what the tokenizer decides, and how its weights start. */
export interface ModelForm extends Omit<ModelConfig, 'vocabulary' | 'endId'> {
  readonly initialisation: Initialisation;
}

/**
 * `normal`: deviation 0.02, 0.02/√(2L) for what is added to the hidden state (Radford et al. 2019); `xavier`: deviation
 * √(2/(inputs + outputs)) (Glorot & Bengio 2010); `he`: √(2/inputs) (He et al. 2015).
 */
export type Initialisation = 'normal' | 'xavier' | 'he';

export type TokenizerChoice =
  /** That of the built-in model, or of the tiny one. */
  | { readonly kind: 'builtin' }
  | { readonly kind: 'tiny' }
  /** A tokenizer.json. */
  | { readonly kind: 'file'; readonly file: string }
  /** Learned from the corpora before the first step. */
  | { readonly kind: 'learned'; readonly size: number; readonly special: readonly string[] }
  /** One token for each character that occurs in the corpora. */
  | { readonly kind: 'characters' };

/** A text to learn from, and how often it is drawn from beside the others. */
export type CorpusChoice = CorpusSource & { readonly weight: number };

export type CorpusSource =
  /** Sentences of a ready grammar. */
  | {
      readonly kind: 'grammar';
      readonly grammar: GrammarName;
      readonly seed: number;
      readonly characters: number;
    }
  /** Text files, one after another; their paths are absolute, or relative to the file that names them. */
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | { readonly kind: 'text'; readonly text: string };

/** `media/corpora/NAME.json`. */
export const grammarNames = ['english', 'japanese', 'code'] as const;
export type GrammarName = (typeof grammarNames)[number];

export interface TrainingForm {
  /** Sequences in a batch; each has the context's length. */
  readonly batch: number;
  /** Length of the run; the learning rate falls over it. */
  readonly steps: number;
  readonly seed: number;
  readonly optimiser: OptimiserName;
  /** The highest learning rate. */
  readonly rate: number;
  /** Steps in which the rate rises to it. */
  readonly warmup: number;
  /** Rate of the last step, as a share of the highest: 0 to 1. 1 keeps it where it is. */
  readonly finalRate: number;
  readonly decay: number;
  /** Used by `momentum` alone. */
  readonly momentum: number;
  /** Gradients with a larger norm are scaled down to it; 0 leaves them. */
  readonly clip: number;
  /** Share of values that are set to 0 behind the embedding and behind each layer: 0 up to, not including, 1. */
  readonly dropout: number;
  /** Share of targets that are replaced by a token drawn evenly from the vocabulary: 0 to 1. */
  readonly labelNoise: number;
  /** Globs over names of weights that stay as they are: `wte.*`, `lm_head.*`, `h.0.*`. */
  readonly freeze: readonly string[];
  /** After each step, rows of the token embedding are brought back to the norm they started with. */
  readonly fixEmbeddingNorm: boolean;
  /** From `fromStep` on (counts from 1), these corpora alone are learned from. */
  readonly then?: { readonly fromStep: number; readonly corpora: readonly CorpusChoice[] };
}

export type OptimiserName = 'adamw' | 'adam' | 'sgd' | 'momentum';

/** What is looked at on the way; none of it changes the numbers the run comes to. Intervals in steps; 0 is never. */
export interface WatchForm {
  /** Norms, updates and activations of every tensor. */
  readonly statisticsEvery: number;
  readonly validateEvery: number;
  /** The model continues each prompt. */
  readonly sampleEvery: number;
  /** The weights are kept, to go back to; see `LabApi.snapshot`. */
  readonly snapshotEvery: number;
  readonly prompts: readonly string[];
  /** Longest continuation in tokens. */
  readonly sampleTokens: number;
  /** Time between checkpoints that a run can be resumed from. */
  readonly checkpointMs: number;
}

/** What may be changed while a run goes on; what is absent stays. A change holds from the next step on, and is kept. */
export interface RunChange {
  /** The learning rate from now on, without any schedule; `undefined` under the key returns to the schedule. */
  readonly rate?: number | undefined;
  readonly decay?: number;
  readonly clip?: number;
  readonly freeze?: readonly string[];
  /** A longer or shorter run. */
  readonly steps?: number;
}
