import { fail } from '../../protocol/failures';
import type { Merge, PieceMerges, TokenTable, VocabularyTable } from '../../protocol/tokens';
import type { AddedTokens } from './addedTokens';
import { BytePairMerger } from './bytePairMerger';
import type { MergeRules } from './bytePairMerger';
import { MergeTrail } from './mergeTrail';
import type { Splitter } from './splitter';
import type { Tokenizer } from './tokenizer';
import { isAlone, lastMerge, originOf, textOf } from './tokenOrigin';
import type { EntryOrigin, TokenOrigin } from './tokenOrigin';
import { TokenTableBuilder } from './tokenTableBuilder';
import type { EncodedPiece, Stretch } from './tokenTableBuilder';
import { bytesOfIds } from './vocabulary';

/** What byte-level tokenizers differ in. */
export interface ByteLevelParts {
  /** What to call the tokenizer in messages. */
  readonly file: string;
  readonly vocabulary: VocabularyTable;
  /** What is found in the text before anything else. */
  readonly added: AddedTokens;
  readonly splitter: Splitter;
  readonly rules: MergeRules;
  /** Id of each single byte, −1 where the vocabulary has none. */
  readonly byteIds: Int32Array;
  /** The id of a piece that is an entry as a whole and is not merged, or −1. */
  readonly wholePiece: (bytes: Uint8Array) => number;
}

/**
 * Byte-level BPE (Radford et al. 2019, section 2.2): added tokens are found first, what lies between is split into
 * pieces, and the UTF-8 bytes of each piece are merged. The same merging makes the ids and the trail that explains them.
 */
export class ByteLevelBpe implements Tokenizer {
  readonly vocabulary: VocabularyTable;
  readonly kind = 'bytePairs';
  readonly #parts: ByteLevelParts;
  readonly #merger: BytePairMerger;
  readonly #known = new Map<string, EncodedPiece>();
  readonly #encoder = new TextEncoder();

  constructor(parts: ByteLevelParts) {
    this.vocabulary = parts.vocabulary;
    this.#parts = parts;
    this.#merger = new BytePairMerger(parts.rules);
  }

  encode(text: string): TokenTable {
    const readable = wellFormed(text);
    const table = new TokenTableBuilder(readable);
    for (const stretch of this.#stretches(readable)) table.add(stretch);
    return table.finish();
  }

  merges(text: string): readonly PieceMerges[] {
    const readable = wellFormed(text);
    return Array.from(this.#stretches(readable), ({ start, end, piece, encoded }) => {
      const bytes = this.#encoder.encode(readable.slice(start, end));
      const merges = piece === undefined ? [] : this.#trailOf(bytes, encoded.ids);
      return { start, end, bytes, merges, ids: Array.from(encoded.ids) };
    });
  }

  decode(ids: ArrayLike<number>): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes(ids));
  }

  bytes(ids: ArrayLike<number>): Uint8Array {
    return bytesOfIds(this.vocabulary, ids);
  }

  origin(id: number): TokenOrigin {
    const bytes = this.bytes([id]);
    if (bytes.length === 0) return { reach: 'none' };
    if (this.#parts.added.has(id)) return { reach: 'mark' };
    return originOf(this.#entryOrigin(id, bytes), () => isAlone(this, id, bytes));
  }

  withMarksAsText(): Tokenizer {
    return new ByteLevelBpe({ ...this.#parts, added: this.#parts.added.withoutSpecial() });
  }

  safeCut(text: string, index: number): boolean {
    const { splitter, added } = this.#parts;
    return splitter.safeCut(text, index) && !added.mayCross(text, index);
  }

  /** Added tokens and pieces in the order of the text. */
  *#stretches(text: string): Iterable<EncodedStretch> {
    for (const { start, end, token } of this.#parts.added.sections(text)) {
      if (token !== undefined) {
        const lengths = [this.#encoder.encode(text.slice(start, end)).length];
        yield { start, end, piece: undefined, encoded: { ids: [token.id], lengths } };
        continue;
      }
      let at = start;
      for (const piece of this.#parts.splitter.split(text.slice(start, end))) {
        const encoded = this.#known.get(piece) ?? this.#encodePiece(piece);
        yield { start: at, end: (at += piece.length), piece, encoded };
      }
    }
  }

  /**
   * How merging leads to the ids. A piece that is an entry is looked up whole, which is a shortcut where merging leads to
   * the same; where it does not, there is nothing to tell.
   */
  #trailOf(bytes: Uint8Array, ids: ArrayLike<number>): readonly Merge[] {
    const { byteIds } = this.#parts;
    if (bytes.some((byte) => byteIds[byte] < 0)) return [];
    const trail = new MergeTrail(bytes.length);
    const merged = this.#merger.merge(this.#symbolsOf(bytes), (rank, position) => {
      trail.add(rank, position);
    });
    trail.close();
    const isSame = merged.length === ids.length && merged.every((id, n) => id === ids[n]);
    return isSame ? trail.rounds : [];
  }

  #encodePiece(piece: string): EncodedPiece {
    const ids = this.#idsOf(this.#encoder.encode(piece));
    const { offsets } = this.vocabulary;
    const encoded = { ids, lengths: ids.map((id) => offsets[id + 1] - offsets[id]) };
    if (piece.length > longestKnown) return encoded;
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(piece, encoded);
    return encoded;
  }

  #entryOrigin(id: number, bytes: Uint8Array): EntryOrigin {
    const { byteIds, wholePiece, rules } = this.#parts;
    const merging = { merger: this.#merger, rules };
    const symbols = Int32Array.from(bytes, (byte) => byteIds[byte]);
    if (symbols.length === 1 && symbols[0] === id) return { way: 'start' };
    const merge = symbols.includes(-1) ? undefined : lastMerge(merging, symbols, id);
    if (merge !== undefined) return { way: 'made', merge };
    const isPiece = wholePiece(bytes) === id && textOf(bytes) !== undefined;
    return { way: isPiece ? 'whole' : 'never' };
  }

  #idsOf(bytes: Uint8Array): Int32Array {
    const whole = this.#parts.wholePiece(bytes);
    return whole >= 0 ? Int32Array.of(whole) : this.#merger.merge(this.#symbolsOf(bytes));
  }

  /** Ids of the single bytes. */
  #symbolsOf(bytes: Uint8Array): Int32Array {
    const { byteIds, file } = this.#parts;
    const symbols = Int32Array.from(bytes, (byte) => byteIds[byte]);
    const missing = symbols.indexOf(-1);
    if (missing < 0) return symbols;
    const what = `0x${bytes[missing].toString(16).padStart(2, '0')}`;
    throw fail('tokenizer-unsupported', { file, what });
  }
}

interface EncodedStretch extends Stretch {
  /** The text of a piece; undefined for an added token, which is not merged. */
  readonly piece: string | undefined;
}

/** Words come again and again: their ids are kept, up to a few megabytes. */
const mostKnown = 1 << 16;
/** V8 makes a longer slice point into the text it was taken from, and the whole text would be kept with it. */
const longestKnown = 12;

/** Unpaired surrogates have no UTF-8; like every encoder, this reads them as U+FFFD, which is as long in UTF-16. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
