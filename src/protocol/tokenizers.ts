import type { EncodingName } from './encodings';

/** Which tokenizer: the open model's own, a built-in encoding, or one that lies in files. Paths are absolute. */
export type TokenizerSource =
  | { readonly kind: 'model' }
  | { readonly kind: 'encoding'; readonly name: EncodingName }
  /** A file that is described as tokenizer.json is, whatever its name. */
  | { readonly kind: 'file'; readonly folder: string; readonly name: string }
  /** A folder with a tokenizer.json, or with vocab.json and merges.txt. */
  | { readonly kind: 'folder'; readonly folder: string };

/** Whether the marks in a text, such as `<|endoftext|>`, are control tokens or text like any other. */
export type SpecialTokens = 'recognised' | 'as-text';

/** A tokenizer and how it reads a text. */
export interface TokenizerChoice {
  readonly source: TokenizerSource;
  readonly specialTokens: SpecialTokens;
}

/** What holds where nobody chose. */
export const ownTokenizer: TokenizerChoice = {
  source: { kind: 'model' },
  specialTokens: 'recognised',
};

/** How a tokenizer makes tokens of a piece of the text. */
export type TokenizerKind = 'bytePairs' | 'characterPairs' | 'wordPiece' | 'wordLevel' | 'unigram';

export interface TokenizerInfo {
  readonly kind: TokenizerKind;
  /** Ids go from 0 up to but not including this; some may have no entry. */
  readonly vocabulary: number;
  /** How many of them are control marks. */
  readonly special: number;
}

/** Two tokenizers on one text, the first and the second in this order. Offsets are UTF-16 in the text. */
export interface TokenizerComparison {
  readonly tokens: readonly [number, number];
  /** UTF-8 bytes of the text. */
  readonly byteLength: number;
  /** One entry a line; a line ends behind its line feed, and a token counts for the line it begins in. */
  readonly lineStarts: Uint32Array;
  readonly lineBytes: Uint32Array;
  readonly lineTokens: readonly [Uint32Array, Uint32Array];
  /** One entry for each stretch that they cut differently, in order: [start, end) and the tokens of both. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly counts: readonly [Uint32Array, Uint32Array];
}
