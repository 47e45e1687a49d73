import type { TokenOrigins } from './tokenOrigins';
import type { TokenizerChoice, TokenizerComparison, TokenizerInfo } from './tokenizers';
import type { PieceMerges, TextCount, TextPart, TokenTable, VocabularyTable } from './tokens';

/** What the engine knows of texts and tokenizers; a part of `EngineApi`. No model runs for it. */
export interface ReadingApi {
  /** Opens the tokenizer if it is not open yet. Rejects with what is wrong with its files. */
  tokenizerInfo(request: WithTokenizer): Promise<TokenizerInfo>;
  vocabulary(request: WithTokenizer): Promise<VocabularyTable>;
  /** How each entry of the vocabulary comes about, with progress: seconds for 200,000 entries. */
  tokenOrigins(request: WithTokenizer): Promise<TokenOrigins>;

  /** Tokens of a text of any size; offsets are in the text. */
  tokenize(request: WithTokenizer & { text: string }): Promise<TokenTable>;
  /**
   * Tokens of `text` that may be only a part of a larger text: it is a window cut at arbitrary places.
   * The answer covers the part between the first and the last boundary that cannot depend on what was cut off,
   * with offsets in `text`. `atStart` and `atEnd` say that an edge is the larger text's own.
   */
  tokenizeWindow(
    request: WithTokenizer & { text: string; atStart: boolean; atEnd: boolean },
  ): Promise<TokenTable>;
  /** Number of tokens, in chunks with progress. */
  countTokens(request: WithTokenizer & { text: string }): Promise<number>;
  /**
   * Keeps a text under a name, so that later only its edits are sent. It may come in parts, `first` replacing what had the
   * name; all of one version.
   */
  putText(request: TextVersion & { part: string; place: 'first' | 'more' }): Promise<void>;
  /**
   * Edits a kept text, one change after another, each in UTF-16 offsets of the text before it. Rejects with `text-unknown`
   * when the kept text has another version, or afterwards another length than told: it must be put again.
   */
  editText(
    request: TextVersion & {
      to: number;
      changes: readonly { start: number; end: number; text: string }[];
      length: number;
    },
  ): Promise<void>;
  dropText(request: { name: string }): Promise<void>;
  /**
   * Tokens of the part of a kept text that holds UTF-16 units [start, end), from one boundary that depends on nothing
   * around it to another. Only the parts that were edited or not yet looked at are tokenized. Of a text of more than
   * 200,000 units without such boundaries it is a window, whose outermost tokens may differ.
   */
  textTokens(
    request: WithTokenizer & TextVersion & { start: number; end: number },
  ): Promise<TextPart>;
  /** Counts a kept text; only the parts that nobody counted yet are tokenized. */
  countText(request: WithTokenizer & TextVersion): Promise<TextCount>;

  /** The same text in the tokens of two tokenizers. */
  compareTokenizers(
    request: WithTokenizer & { text: string; other: TokenizerChoice },
  ): Promise<TokenizerComparison>;
  /** How each piece of a text was merged, for at most 4,096 characters. */
  merges(request: WithTokenizer & { text: string }): Promise<readonly PieceMerges[]>;
}

/** A text that the engine keeps, as of one version. */
interface TextVersion {
  readonly name: string;
  readonly version: number;
}

/** The tokenizer that is meant; without it the open model's own. Only that one needs a model. */
interface WithTokenizer {
  readonly tokenizer?: TokenizerChoice;
}
