import type { TokenizerKind } from '../../protocol/tokenizers';
import type { PieceMerges, TokenTable, VocabularyTable } from '../../protocol/tokens';
import type { TokenOrigin } from './tokenOrigin';

/**
 * Text to token ids and back, with every offset exact. A text is never changed on the way: unpaired surrogates are read
 * as U+FFFD, as every UTF-8 encoder does, but their offsets stay those of the text given.
 */
export interface Tokenizer {
  /** Throws `tokenizer-unsupported` when a byte of the text has no token in this vocabulary. */
  encode(text: string): TokenTable;
  /** How each piece of the text was merged; the ids, piece after piece, are those of `encode`. */
  merges(text: string): readonly PieceMerges[];
  /** The text of the ids; bytes that are no whole character become U+FFFD. Throws `id-out-of-range`. */
  decode(ids: ArrayLike<number>): string;
  /** The UTF-8 bytes of the ids, one after another; the caller owns them. Throws `id-out-of-range`. */
  bytes(ids: ArrayLike<number>): Uint8Array;
  /** How the tokenizer comes to an entry of its vocabulary. Throws `id-out-of-range`. */
  origin(id: number): TokenOrigin;
  readonly vocabulary: VocabularyTable;
  readonly kind: TokenizerKind;
  /** The same tokenizer, to which control marks in a text, such as `<|endoftext|>`, are text like any other. */
  withMarksAsText(): Tokenizer;
  /**
   * Whether, in whatever text `text` is a part of, a token boundary stands before UTF-16 index `index` and the tokens on
   * either side do not depend on the other side. False where that is not proven.
   */
  safeCut(text: string, index: number): boolean;
}
