import type { TokenizerKind } from '../../../protocol/tokenizers';
import type { PieceSearch } from '../../../protocol/pieceSearch';
import type { PieceMerges, TokenTable, VocabularyTable } from '../../../protocol/tokens';
import { AddedTokens, type AddedToken } from '../addedTokens';
import { wellFormed } from '../byteLevelBpe';
import type { Tokenizer } from '../tokenizer';
import { isAlone, originOf, type TokenOrigin } from '../tokenOrigin';
import { bytesOfIds } from '../vocabulary';
import { alignOriginal, sliceAligned, type Aligned } from './aligned';
import type { Span, TokenModel } from './model';
import type { Normalizer } from './normalizers';
import type { PreTokenizer } from './preTokenizers';
import { spanTable, type PlacedToken } from './spanTable';

export interface PipelineParts {
  readonly vocabulary: VocabularyTable;
  /** What the model calls the entries of the vocabulary. */
  readonly entries: ReadonlyMap<string, number>;
  readonly added: readonly AddedToken[];
  readonly normalizer: Normalizer;
  readonly preTokenizer: PreTokenizer;
  readonly model: TokenModel;
  readonly kind: TokenizerKind;
  /** Whether every step keeps the two sides of a space after a letter apart, see `cutsAtSpaces`. */
  readonly cutsAtSpaces: boolean;
}

/**
 * Any tokenizer of the Rust package: added tokens are found, the text between is normalised, added tokens are looked for
 * in that too, the rest is split into pieces, and the model makes tokens of each. Every step keeps account of where its
 * characters come from, so that a token has its place in the text as it was given.
 */
export class PipelineTokenizer implements Tokenizer {
  readonly vocabulary: VocabularyTable;
  readonly kind: TokenizerKind;
  readonly #parts: PipelineParts;
  readonly #cuts: boolean;
  readonly #added: AddedTokens;
  readonly #addedToNormalised: AddedTokens;
  #names: readonly (string | undefined)[] | undefined;

  constructor(parts: PipelineParts) {
    const { added, normalizer } = parts;
    this.vocabulary = parts.vocabulary;
    this.kind = parts.kind;
    this.#cuts = parts.cutsAtSpaces && parts.added.every(standsBetweenSpaces);
    this.#parts = parts;
    this.#added = new AddedTokens(added.filter(({ normalized }) => !normalized));
    // What is looked for is normalised as well.
    this.#addedToNormalised = new AddedTokens(
      added
        .filter(({ normalized }) => normalized)
        .map((token) => ({ ...token, content: normalizer(alignOriginal(token.content)).text })),
    );
  }

  encode(text: string): TokenTable {
    const readable = wellFormed(text);
    const tokens: PlacedToken[] = [];
    for (const { piece, spans } of this.#pieces(readable)) {
      for (const span of spans) tokens.push(placed(piece, span));
    }
    return spanTable(readable, tokens);
  }

  /** Pieces, their ids and the search that made them; merges of bytes there are none. */
  merges(text: string): readonly PieceMerges[] {
    const readable = wellFormed(text);
    const bytes = new TextEncoder().encode(readable);
    return Array.from(this.#pieces(readable), ({ piece, spans, search }) => {
      const whole = placed(piece, { id: 0, start: 0, end: piece.text.length });
      const { starts, ends } = spanTable(readable, [whole]);
      const ids = spans.map(({ id }) => id);
      return {
        start: starts[0],
        end: ends[0],
        bytes: bytes.slice(whole.from, whole.to),
        merges: [],
        ids,
        ...(search && { search: search() }),
      };
    });
  }

  /** The entries as they stand in a text, one after another; spaces that the tokenizer left out are not put back. */
  decode(ids: ArrayLike<number>): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes(ids));
  }

  bytes(ids: ArrayLike<number>): Uint8Array {
    return bytesOfIds(this.vocabulary, ids);
  }

  origin(id: number): TokenOrigin {
    const bytes = this.bytes([id]);
    if (this.#added.has(id) || this.#addedToNormalised.has(id)) return { reach: 'mark' };
    const entry = (this.#names ??= namesOf(this.#parts.entries))[id];
    if (entry === undefined) return { reach: bytes.length === 0 ? 'none' : 'never' };
    return originOf(this.#parts.model.origin(entry, id), () => isAlone(this, id, bytes));
  }

  withMarksAsText(): Tokenizer {
    const added = this.#parts.added.filter(({ special }) => !special);
    return new PipelineTokenizer({ ...this.#parts, added });
  }

  /** Proven before a space that follows an ASCII letter or digit, where the steps are known to look no further. */
  safeCut(text: string, index: number): boolean {
    if (!this.#cuts || text.charAt(index) !== ' ') return false;
    return /^[a-z0-9]$/i.test(text.charAt(index - 1));
  }

  *#pieces(text: string): Iterable<ReadPiece> {
    const { normalizer, preTokenizer, model } = this.#parts;
    for (const outer of sectionsOf(alignOriginal(text), this.#added)) {
      if (outer.token !== undefined) {
        yield tokenPiece(outer.part, outer.token);
        continue;
      }
      for (const inner of sectionsOf(normalizer(outer.part), this.#addedToNormalised)) {
        if (inner.token !== undefined) yield tokenPiece(inner.part, inner.token);
        else {
          for (const piece of preTokenizer(inner.part)) {
            if (piece.text === '') continue;
            const search = (): PieceSearch => model.search(piece.text);
            yield { piece, spans: model.spans(piece.text), search };
          }
        }
      }
    }
  }
}

interface ReadPiece {
  readonly piece: Aligned;
  readonly spans: readonly Span[];
  /** Absent for added tokens. */
  readonly search?: () => PieceSearch;
}

function* sectionsOf(
  source: Aligned,
  added: AddedTokens,
): Iterable<{ readonly part: Aligned; readonly token: AddedToken | undefined }> {
  for (const { start, end, token } of added.sections(source.text)) {
    yield { part: sliceAligned(source, start, end), token };
  }
}

/** Whether an added token neither holds white space nor looks for it around itself. */
function standsBetweenSpaces(token: AddedToken): boolean {
  const looksAround = token.singleWord || token.stripLeft || token.stripRight;
  return !looksAround && !/[\p{White_Space}▁]/u.test(token.content);
}

function namesOf(entries: ReadonlyMap<string, number>): readonly (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const [entry, id] of entries) names[id] = entry;
  return names;
}

function tokenPiece(piece: Aligned, { id }: AddedToken): ReadPiece {
  return { piece, spans: [{ id, start: 0, end: piece.text.length }] };
}

/** A single byte has its own place where the character it is of was not changed. */
function placed({ from, to, same }: Aligned, { id, start, end, byte }: Span): PlacedToken {
  const first = from[start];
  const last = to[end - 1];
  if (byte === undefined || same[start] === 0) return { id, from: first, to: last };
  return { id, from: first + byte, to: first + byte + 1 };
}
