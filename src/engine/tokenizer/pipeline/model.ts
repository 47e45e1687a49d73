import type { PieceSearch } from '../../../protocol/pieceSearch';
import type { EntryOrigin } from '../tokenOrigin';

/** A token in a piece: code units [start, end); or one byte of the character there. */
export interface Span {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  /** Which byte of the character, in UTF-8, where the token is a single one. */
  readonly byte?: number;
}

/** Turns a piece of the text into tokens. */
export interface TokenModel {
  /** Throws `tokenizer-unsupported` where the vocabulary has no token for the piece, nor one for what is unknown. */
  spans(piece: string): readonly Span[];
  /** How the same search went that `spans` makes; throws what it throws. */
  search(piece: string): PieceSearch;
  /** How the search comes to an entry of the vocabulary. */
  origin(entry: string, id: number): EntryOrigin;
}

/** SentencePiece's tokens for single bytes, `<0x00>` to `<0xFF>`; undefined where one of these bytes has none. */
export function byteSpans(
  vocabulary: ReadonlyMap<string, number>,
  piece: string,
  range: { readonly start: number; readonly end: number },
): Span[] | undefined {
  const spans: Span[] = [];
  const encoder = new TextEncoder();
  let { start } = range;
  for (const character of piece.slice(range.start, range.end)) {
    const end = start + character.length;
    for (const [byte, value] of encoder.encode(character).entries()) {
      const id = vocabulary.get(`<0x${value.toString(16).toUpperCase().padStart(2, '0')}>`);
      if (id === undefined) return undefined;
      spans.push({ id, start, end, byte });
    }
    start = end;
  }
  return spans;
}
