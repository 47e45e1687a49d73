/**
 * How a model that does not merge bytes came from a piece to its tokens. `text` is the piece as the model read it, which
 * normalisation may have made another than what stands in the text; all offsets are UTF-16 code units of it.
 */
export type PieceSearch = SymbolMerges | LongestMatches | Lattice | Lookup;

/** Byte-pair merging that starts from characters. */
export interface SymbolMerges {
  readonly kind: 'symbolMerges';
  readonly text: string;
  /** What merging starts from: characters, what is unknown, or bytes of a character as `<0xE3>`. */
  readonly symbols: readonly string[];
  /** Cuts and joined count symbols here, not bytes. Empty when the piece is an entry that is taken whole. */
  readonly rounds: readonly SymbolRound[];
}

interface SymbolRound {
  /** Rank of the pair: 0 was merged first when the vocabulary was made. */
  readonly rank: number;
  /** Boundaries between parts after this round, without 0 and the end. */
  readonly cuts: readonly number[];
  /** Where the joined parts start. */
  readonly joined: readonly number[];
}

/** WordPiece: from the start, again and again the longest entry that fits. */
export interface LongestMatches {
  readonly kind: 'longestMatch';
  readonly text: string;
  /** What entries inside a word begin with. */
  readonly prefix: string;
  readonly steps: readonly MatchStep[];
  /** The word was longer than this number of characters, and nothing was tried. */
  readonly tooLong: number | undefined;
}

/** One place of a word: all lengths from [start, longest) down to the match were tried; none but the last is an entry. */
export interface MatchStep {
  readonly start: number;
  readonly longest: number;
  /** Undefined when nothing fitted: the whole word is unknown then. */
  readonly match: { readonly end: number; readonly id: number } | undefined;
}

/** Unigram: every entry that fits, and the way through them whose log probabilities have the largest sum. */
export interface Lattice {
  readonly kind: 'lattice';
  readonly text: string;
  /** In the order they were tried: by rising start, then by rising end. */
  readonly ways: readonly LatticeWay[];
  /** The ways of the best path as indices, from the start of the piece to its end. */
  readonly path: readonly number[];
}

/** An entry that fits at [start, end). */
export interface LatticeWay {
  readonly start: number;
  readonly end: number;
  readonly id: number;
  /** Natural log probability, as the vocabulary has it; of an unknown character 10 less than the least likely entry. */
  readonly score: number;
  /** Score of the best path from the start of the piece through this entry. */
  readonly total: number;
  /** No entry: the character stands for itself, unknown. */
  readonly unknown: boolean;
}

/** Whole pieces alone: found, or unknown. */
export interface Lookup {
  readonly kind: 'lookup';
  readonly text: string;
  readonly found: boolean;
}
