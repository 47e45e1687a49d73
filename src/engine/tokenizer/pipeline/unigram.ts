import { fail } from '../../../protocol/failures';
import type { Lattice, LatticeWay } from '../../../protocol/pieceSearch';
import type { EntryOrigin } from '../tokenOrigin';
import { byteSpans, type Span, type TokenModel } from './model';
import { NeededBytes } from './neededBytes';

export interface UnigramOptions {
  readonly file: string;
  /** Entries with their log probabilities; the place of an entry is its id. */
  readonly entries: readonly (readonly [string, number])[];
  /** Stands for characters that no entry has. */
  readonly unknownId: number | undefined;
  /** Whether these become their bytes instead. */
  readonly byteFallback: boolean;
}

/**
 * The unigram language model (Kudo 2018, section 3.2): of all ways to put a piece together the one whose log probabilities
 * have the largest sum, found from left to right (Viterbi 1967). Of equal ones the first found stays. Source:
 * huggingface/tokenizers, src/models/unigram/model.rs, `encode_optimized`.
 */
export class Unigram implements TokenModel {
  readonly #options: UnigramOptions;
  readonly #ids: ReadonlyMap<string, number>;
  /** Code units of the longest entry that starts with a code unit. */
  readonly #longest = new Map<string, number>();
  readonly #unknownScore: number;
  readonly #neededBytes: NeededBytes;

  constructor(options: UnigramOptions) {
    this.#options = options;
    this.#ids = new Map(options.entries.map(([entry], id) => [entry, id]));
    this.#neededBytes = new NeededBytes((character) => this.#ids.has(character));
    let lowest = Infinity;
    for (const [entry, score] of options.entries) {
      const first = entry.charAt(0);
      this.#longest.set(first, Math.max(this.#longest.get(first) ?? 0, entry.length));
      lowest = Math.min(lowest, score);
    }
    this.#unknownScore = lowest - unknownPenalty;
  }

  spans(piece: string): readonly Span[] {
    return this.#bestPath(piece).flatMap((span) => this.#tokens(piece, span));
  }

  /**
   * Where an entry is part of the best way through a piece, no other way through its own characters has a larger sum: so
   * the best way through these alone tells.
   */
  origin(entry: string, id: number): EntryOrigin {
    const score = this.#options.entries[id][1];
    const { unknownId, byteFallback } = this.#options;
    const isByte = byteFallback && this.#neededBytes.has(entry);
    if (isByte || id === unknownId) return { way: 'start', score };
    const spans = entry === '' ? [] : this.spans(entry);
    return { way: spans.length === 1 && spans[0].id === id ? 'made' : 'never', score };
  }

  search(piece: string): Lattice {
    const ways: LatticeWay[] = [];
    const { starts } = this.#search(piece, (way) => ways.push(way));
    const bestTo = new Map<number, number>();
    for (const [index, { start, end }] of ways.entries()) {
      if (starts[end] === start) bestTo.set(end, index);
    }
    const path: number[] = [];
    for (let end = piece.length; end > 0; end = starts[end]) path.push(bestTo.get(end) ?? -1);
    return { kind: 'lattice', text: piece, ways, path: path.reverse() };
  }

  /** The best way as spans, characters that are unknown joined where they follow one another. */
  #bestPath(piece: string): Span[] {
    const ends = this.#search(piece);
    const spans: Span[] = [];
    const unknown = this.#options.unknownId;
    for (let end = piece.length; end > 0;) {
      const start = ends.starts[end];
      const id = ends.ids[end];
      const after = spans.at(-1);
      if (id === unknown && after?.id === unknown) {
        spans[spans.length - 1] = { id, start, end: after.end };
      } else spans.push({ id, start, end });
      end = start;
    }
    return spans.reverse();
  }

  /** For each end of a token on the best way there: where it starts, and its id. */
  #search(
    piece: string,
    listener?: (way: LatticeWay) => void,
  ): { readonly starts: Int32Array; readonly ids: Int32Array } {
    const scores = new Float64Array(piece.length + 1);
    const starts = new Int32Array(piece.length + 1).fill(-1);
    const ids = new Int32Array(piece.length + 1);
    const offer = (way: Omit<LatticeWay, 'total'>): void => {
      const { id, start, end } = way;
      const total = way.score + scores[start];
      listener?.({ ...way, total });
      if (starts[end] >= 0 && total <= scores[end]) return;
      scores[end] = total;
      starts[end] = start;
      ids[end] = id;
    };
    for (let start = 0; start < piece.length;) {
      const next = start + ((piece.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      const last = Math.min(piece.length, start + (this.#longest.get(piece.charAt(start)) ?? 0));
      let single = false;
      for (let end = next; end <= last; end++) {
        const id = this.#ids.get(piece.slice(start, end));
        if (id === undefined) continue;
        offer({ id, start, end, score: this.#options.entries[id][1], unknown: false });
        if (end === next) single = true;
      }
      if (!single) {
        const score = this.#unknownScore;
        offer({ id: this.#unknownId(), start, end: next, score, unknown: true });
      }
      start = next;
    }
    return { starts, ids };
  }

  #tokens(piece: string, span: Span): readonly Span[] {
    const { start, end } = span;
    const known = this.#ids.get(piece.slice(start, end));
    if (known !== undefined) return [{ id: known, start, end }];
    const bytes = this.#options.byteFallback
      ? byteSpans(this.#ids, piece, { start, end })
      : undefined;
    return bytes ?? [span];
  }

  #unknownId(): number {
    const { unknownId, file } = this.#options;
    if (unknownId !== undefined) return unknownId;
    throw fail('tokenizer-unsupported', { file, what: 'model.unk_id: null' });
  }
}

/** How much less likely than the least likely entry an unknown character is (SentencePiece, `kUnkPenalty`). */
const unknownPenalty = 10;
