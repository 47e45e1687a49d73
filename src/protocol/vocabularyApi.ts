import type { Outcome } from './engineApi';
import type { Progress } from './health';
import type { TokenOrigins } from './tokenOrigins';
import type { ExpressionAnswer } from './tokenSearch';
import type { TokenizerKind } from './tokenizers';
import type { VocabularyTable } from './tokens';

/** What the page of the vocabulary calls on its host. Failures travel as values. */
export interface VocabularyHost {
  /** Asked once after loading; from then on the host sends `update`. */
  ready(): Promise<VocabularyState>;
  /** The vocabulary of the state with this key; any other rejects with `cancelled`. */
  contents(request: { key: string }): Promise<Outcome<VocabularyContents>>;
  /** How each entry comes about; tells its progress, and is cancelled by the page or by another tokenizer. */
  origins(request: { key: string }): Promise<Outcome<TokenOrigins>>;
  cancelOrigins(): void;
  /** Ids that a regular expression finds, by rising order; another question cancels the one before. */
  find(request: { key: string; typed: string }): Promise<ExpressionAnswer>;
  /** The entries most like one by the model's embedding, the most like first. */
  similar(request: { key: string; id: number }): Promise<Outcome<readonly SimilarToken[]>>;
  copy(request: { text: string }): void;
  chooseTokenizer(): void;
}

/** What the host calls on the page. */
export interface VocabularyEvents {
  update(state: VocabularyState): void;
  /** Entries of `origins` that are done. */
  progress(progress: Progress): void;
}

export interface VocabularyState {
  /** Another one for another vocabulary: everything is asked anew then. */
  readonly key: string;
  readonly name: string;
  /** Whether the vocabulary is that of the open model, which has an embedding of each entry. */
  readonly isModels: boolean;
}

export interface VocabularyContents {
  readonly kind: TokenizerKind;
  readonly table: VocabularyTable;
}

export interface SimilarToken {
  readonly id: number;
  /** Of the angle between the two embeddings, in [−1, 1]. */
  readonly cosine: number;
}
