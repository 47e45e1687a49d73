/** What the lab answers before there is a run: forms to start from, texts, vocabularies, the cost of a model. */
import type { Experiment } from './labExperiments';
import type { RunForm } from './labForms';
import type { VocabularyTable } from './tokens';

/** One weight as the seed draws it. */
export interface StartingWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of all its numbers. */
  readonly mean: number;
  readonly deviation: number;
  /** The first of its numbers, in the order of the file: at most 65,536. */
  readonly values: Float32Array;
}

export interface ParameterTable {
  readonly rows: readonly ParameterRow[];
  readonly parameters: number;
  /** Neurons: hidden units of all feed-forward networks, L·F. */
  readonly neurons: number;
  readonly weightBytes: number;
  /** Weights, gradients, what AdamW remembers, and activations kept for the way back of such a batch, in float32. */
  readonly trainingBytes: number;
  readonly cacheBytes: number;
  /** Multiplications and additions for one token at full context; training is forward, and twice as much backward. */
  readonly flopsPerToken: number;
  readonly trainingFlopsPerToken: number;
}

export interface ParameterRow {
  readonly name: string;
  readonly shape: readonly number[];
  readonly parameters: number;
  readonly bytes: number;
  /** Part of the model it belongs to; `block` counts from 0. */
  readonly part: 'embedding' | 'position' | 'attention' | 'feedforward' | 'norm' | 'output';
  readonly block: number | undefined;
}

export interface CorpusText {
  readonly text: string;
  /** Characters of the whole. */
  readonly characters: number;
}

export interface VocabularyLesson {
  /** All entries as bytes, by id. */
  readonly vocabulary: VocabularyTable;
  /** Merge n made the entry `merged[n]` of `left[n]` and `right[n]`, which stood side by side `count[n]` times. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly merged: Int32Array;
  readonly count: Uint32Array;
  /** The sample before the first merge: ids, and where the merged pieces start; merge n joins inside pieces only. */
  readonly sample: { readonly ids: Int32Array; readonly pieceStarts: Uint32Array };
  /** Content of tokenizer.json. */
  readonly json: string;
}

export interface LabPresets {
  /** A small model on a ready corpus: minutes. */
  readonly training: RunForm;
  /** Four letters in two dimensions: no block, no norm, an embedding and a linear layer. */
  readonly helo: HeloPresets;
  /** One of each kind, in the order of the catalogue. */
  readonly experiments: readonly Experiment[];
}

/** The lesson, and the two ways in which it goes wrong, each by the settings that cause it. */
export interface HeloPresets {
  readonly start: RunForm;
  readonly explosion: RunForm;
  readonly collapse: RunForm;
}
