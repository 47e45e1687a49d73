import { fail } from '../../../protocol/failures';
import type { Lookup } from '../../../protocol/pieceSearch';
import type { EntryOrigin } from '../tokenOrigin';
import type { Span, TokenModel } from './model';

/** Each piece is a token, or unknown. Source: huggingface/tokenizers, src/models/wordlevel. */
export class WordLevel implements TokenModel {
  readonly #file: string;
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #unknown: string;

  constructor(options: {
    readonly file: string;
    readonly vocabulary: ReadonlyMap<string, number>;
    readonly unknown: string;
  }) {
    this.#file = options.file;
    this.#vocabulary = options.vocabulary;
    this.#unknown = options.unknown;
  }

  spans(piece: string): readonly Span[] {
    const id = this.#vocabulary.get(piece) ?? this.#vocabulary.get(this.#unknown);
    if (id !== undefined) return [{ id, start: 0, end: piece.length }];
    throw fail('tokenizer-unsupported', {
      file: this.#file,
      what: `model.unk_token: ${this.#unknown}`,
    });
  }

  origin(entry: string, id: number): EntryOrigin {
    if (entry === this.#unknown) return { way: 'start' };
    return { way: this.#vocabulary.get(entry) === id ? 'made' : 'never' };
  }

  search(piece: string): Lookup {
    return { kind: 'lookup', text: piece, found: this.#vocabulary.has(piece) };
  }
}
