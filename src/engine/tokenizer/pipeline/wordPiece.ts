import { fail } from '../../../protocol/failures';
import type { LongestMatches, MatchStep } from '../../../protocol/pieceSearch';
import type { EntryOrigin } from '../tokenOrigin';
import type { Span, TokenModel } from './model';

export interface WordPieceOptions {
  readonly file: string;
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Stands for a whole word that cannot be put together. */
  readonly unknown: string;
  /** What entries inside a word begin with. */
  readonly prefix: string;
  /** Longer words, in characters, are unknown. */
  readonly longest: number;
}

/**
 * WordPiece (Wu et al. 2016): from the start of a word, again and again the longest entry that fits. Source:
 * huggingface/tokenizers, src/models/wordpiece.
 */
export class WordPiece implements TokenModel {
  readonly #options: WordPieceOptions;
  readonly #longestEntry: number;
  /** Entries that a word may begin with, of one character. */
  readonly #beginnings: readonly string[];

  constructor(options: WordPieceOptions) {
    this.#options = options;
    let longest = 0;
    for (const entry of options.vocabulary.keys()) longest = Math.max(longest, entry.length);
    this.#longestEntry = longest;
    const { vocabulary } = options;
    this.#beginnings = [...vocabulary.keys()].filter((entry) => Array.from(entry).length === 1);
  }

  spans(piece: string): readonly Span[] {
    if (this.#isTooLong(piece)) return this.#unknown(piece);
    const spans: Span[] = [];
    for (const { start, match } of this.#steps(piece)) {
      if (match === undefined) return this.#unknown(piece);
      spans.push({ start, ...match });
    }
    return spans;
  }

  /** An entry that stands inside words is looked for in one that begins with some character. */
  origin(entry: string, id: number): EntryOrigin {
    const { prefix, longest, unknown } = this.#options;
    if (entry === unknown) return { way: 'start' };
    const ends = (word: string): boolean => word !== '' && this.spans(word).at(-1)?.id === id;
    if (ends(entry)) return { way: 'made' };
    if (prefix === '' || !entry.startsWith(prefix)) return { way: 'never' };
    const inside = entry.slice(prefix.length);
    if (Array.from(inside).length >= longest) return { way: 'never' };
    const isFound = this.#beginnings.some((first) => ends(first + inside));
    return { way: isFound ? 'made' : 'unknown' };
  }

  search(piece: string): LongestMatches {
    const { prefix, longest } = this.#options;
    const tooLong = this.#isTooLong(piece);
    return {
      kind: 'longestMatch',
      text: piece,
      prefix,
      steps: tooLong ? [] : [...this.#steps(piece)],
      tooLong: tooLong ? longest : undefined,
    };
  }

  #isTooLong(piece: string): boolean {
    return Array.from(piece).length > this.#options.longest;
  }

  /** Place after place, up to the end of the word or the first place where nothing fits. */
  *#steps(piece: string): Iterable<MatchStep> {
    for (let start = 0; start < piece.length;) {
      const longest = Math.min(piece.length, start + this.#longestEntry);
      const match = this.#longestMatch(piece, start, longest);
      yield { start, longest, match };
      if (match === undefined) return;
      start = match.end;
    }
  }

  #longestMatch(piece: string, start: number, longest: number): MatchStep['match'] {
    const { vocabulary, prefix } = this.#options;
    for (let end = longest; end > start; end--) {
      const part = piece.slice(start, end);
      const id = vocabulary.get(start > 0 ? prefix + part : part);
      if (id !== undefined) return { id, end };
    }
    return undefined;
  }

  #unknown(piece: string): readonly Span[] {
    const { vocabulary, unknown, file } = this.#options;
    const id = vocabulary.get(unknown);
    if (id === undefined)
      throw fail('tokenizer-unsupported', { file, what: `model.unk_token: ${unknown}` });
    return [{ id, start: 0, end: piece.length }];
  }
}
