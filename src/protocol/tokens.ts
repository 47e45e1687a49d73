import type { PieceSearch } from './pieceSearch';

/**
 * Tokens of a text as columns, so that a table of any length crosses a wire as a few transfers.
 * Row n is token n. Offsets are UTF-16 code units of the text that was tokenized.
 */
export interface TokenTable {
  readonly ids: Int32Array;
  /**
   * [start, end) is the smallest range of whole characters that holds the token's bytes,
   * so tokens that share one character have the same range.
   */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /**
   * Token is part `part` (zero-based) of `parts` tokens that split a character; `parts` is 1 for all others. A token with
   * the end of one character and the start of the next ties the parts of both into one count. 255 means 255 or more.
   */
  readonly part: Uint8Array;
  readonly parts: Uint8Array;
  /** Offset of the token's first byte in the text's UTF-8; row n ends where row n + 1 starts, the last at `byteLength`. */
  readonly byteStarts: Uint32Array;
  /**
   * Where rows end, of tokenizers that leave parts of the text out or change it before they cut it: then rows may have gaps
   * between them, share bytes, or be empty. Absent where the rows cover the text.
   */
  readonly byteEnds?: Uint32Array;
  /** UTF-8 bytes of the whole text. */
  readonly byteLength: number;
}

/**
 * The vocabulary in one block: id n is `bytes[offsets[n] .. offsets[n + 1])`. Ids without an entry have no bytes.
 * Bytes need not be whole characters.
 */
export interface VocabularyTable {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  /** Ids that stand for a control mark (such as the end of text) and not for text. */
  readonly special: readonly number[];
}

/** How one piece of the text (what the tokenizer splits off before merging) became tokens. */
export interface PieceMerges {
  /** UTF-16 range of the piece in the text. */
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
  /** Merges in the order they were made; empty when the piece stays single bytes, or is one token without merging. */
  readonly merges: readonly Merge[];
  /** The ids the piece ended as. */
  readonly ids: readonly number[];
  /** How a tokenizer that is not byte-level BPE searched; absent for one that is, and for added tokens. */
  readonly search?: PieceSearch;
}

/** One round of byte-pair merging: every place where the best pair stood is joined at once. */
export interface Merge {
  /** Rank of the pair: 0 was merged first when the vocabulary was made. */
  readonly rank: number;
  /** Boundaries between parts after this round, as byte offsets in the piece, without 0 and the end. */
  readonly cuts: readonly number[];
  /** Byte offsets at which a joined part starts. */
  readonly joined: readonly number[];
}

/** How long a text is. */
export interface TextCount {
  readonly tokens: number;
  /** Code points. */
  readonly characters: number;
  /** Of UTF-8. */
  readonly bytes: number;
}

/** Tokens of a part of a text, with offsets that count from `start`, the part being UTF-16 units [start, end). */
export interface TextPart {
  readonly start: number;
  readonly end: number;
  /** Number of tokens before the part; undefined where they have not been counted. */
  readonly first: number | undefined;
  readonly table: TokenTable;
}
