import type { SymbolMerges } from '../../../protocol/pieceSearch';
import { BytePairMerger, type MergeRules } from '../bytePairMerger';
import { MergeTrail } from '../mergeTrail';
import { lastMerge, type EntryOrigin } from '../tokenOrigin';
import { byteSpans, type Span, type TokenModel } from './model';
import { NeededBytes } from './neededBytes';

export interface CharacterBpeOptions {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly rules: MergeRules;
  /** Id that stands for characters without an entry; without one they are left out. */
  readonly unknownId: number | undefined;
  /** Whether unknown characters that follow one another are one token. */
  readonly fuseUnknown: boolean;
  readonly byteFallback: boolean;
  /** What entries inside a word begin with, and what the last of a word ends with. */
  readonly prefix: string;
  readonly suffix: string;
  /** A piece that is an entry becomes that token, whatever the merges say. */
  readonly wholePieces: boolean;
}

/**
 * Byte-pair merging that starts from characters (Sennrich, Haddow & Birch 2016). Source: huggingface/tokenizers,
 * src/models/bpe/model.rs, `merge_word`.
 */
export class CharacterBpe implements TokenModel {
  readonly #options: CharacterBpeOptions;
  readonly #merger: BytePairMerger;
  readonly #neededBytes: NeededBytes;

  constructor(options: CharacterBpeOptions) {
    this.#options = options;
    this.#merger = new BytePairMerger(options.rules);
    this.#neededBytes = new NeededBytes((character) => options.vocabulary.has(character));
  }

  spans(piece: string): readonly Span[] {
    const whole = this.#options.wholePieces ? this.#options.vocabulary.get(piece) : undefined;
    if (whole !== undefined) return [{ id: whole, start: 0, end: piece.length }];
    const symbols = this.#symbols(piece);
    const { ids, starts } = this.#merger.parts(Int32Array.from(symbols, ({ id }) => id));
    return Array.from(ids, (id, index) => {
      const first = symbols[starts[index]];
      const next = index + 1 < starts.length ? starts[index + 1] : symbols.length;
      if (next === starts[index] + 1) return first;
      return { id, start: first.start, end: symbols[next - 1].end };
    });
  }

  origin(entry: string, id: number): EntryOrigin {
    const { vocabulary, byteFallback, wholePieces, unknownId, rules } = this.#options;
    if (byteFallback && this.#neededBytes.has(entry)) return { way: 'start' };
    const symbols = this.#entrySymbols(entry).map((symbol) => vocabulary.get(symbol) ?? -1);
    if (id === unknownId || (symbols.length === 1 && symbols[0] === id)) return { way: 'start' };
    const merge = symbols.includes(-1)
      ? undefined
      : lastMerge({ merger: this.#merger, rules }, Int32Array.from(symbols), id);
    if (merge !== undefined) return { way: 'made', merge };
    return { way: wholePieces && vocabulary.get(entry) === id ? 'whole' : 'never' };
  }

  search(piece: string): SymbolMerges {
    const kind = 'symbolMerges';
    const { wholePieces, vocabulary } = this.#options;
    if (wholePieces && vocabulary.has(piece)) {
      return { kind, text: piece, symbols: [piece], rounds: [] };
    }
    const symbols = this.#symbols(piece);
    const trail = new MergeTrail(symbols.length);
    this.#merger.parts(
      Int32Array.from(symbols, ({ id }) => id),
      (rank, position) => {
        trail.add(rank, position);
      },
    );
    trail.close();
    const texts = symbols.map((symbol) => symbolText(piece, symbol));
    return { kind, text: piece, symbols: texts, rounds: trail.rounds };
  }

  /** What merging starts from where the entry comes out: its characters, marked as those inside and at the end of words. */
  #entrySymbols(entry: string): string[] {
    const { prefix, suffix } = this.#options;
    const isInside = prefix !== '' && entry.startsWith(prefix);
    const isLast = suffix !== '' && entry.endsWith(suffix);
    const start = isInside ? prefix.length : 0;
    const characters = Array.from(entry.slice(start, isLast ? -suffix.length : undefined));
    return characters.map((character, index) => {
      const begins = index > 0 || isInside ? prefix : '';
      return begins + character + (isLast && index === characters.length - 1 ? suffix : '');
    });
  }

  #symbols(piece: string): Span[] {
    const { vocabulary, byteFallback, prefix, suffix } = this.#options;
    const symbols: Span[] = [];
    let unknown: Span | undefined;
    for (let start = 0; start < piece.length;) {
      const end = start + ((piece.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      const character = piece.slice(start, end);
      const entry = (start > 0 ? prefix : '') + character + (end === piece.length ? suffix : '');
      const id = vocabulary.get(entry);
      const bytes =
        id === undefined && byteFallback ? byteSpans(vocabulary, piece, { start, end }) : undefined;
      if (id !== undefined) {
        if (unknown !== undefined) symbols.push(unknown);
        unknown = undefined;
        symbols.push({ id, start, end });
      } else if (bytes !== undefined) symbols.push(...bytes);
      else unknown = this.#pending(symbols, unknown, { start, end });
      start = end;
    }
    if (unknown !== undefined) symbols.push(unknown);
    return symbols;
  }

  /** The unknown token that waits for what follows; one that waited before is joined with it or takes its place. */
  #pending(
    symbols: Span[],
    before: Span | undefined,
    range: { readonly start: number; readonly end: number },
  ): Span | undefined {
    const { unknownId: id, fuseUnknown } = this.#options;
    if (id === undefined) return undefined;
    if (before !== undefined && fuseUnknown) return { id, start: before.start, end: range.end };
    if (before !== undefined) symbols.push(before);
    return { id, ...range };
  }
}

function symbolText(piece: string, { start, end, byte }: Span): string {
  const text = piece.slice(start, end);
  if (byte === undefined) return text;
  const value = new TextEncoder().encode(text)[byte];
  return `<0x${value.toString(16).toUpperCase().padStart(2, '0')}>`;
}
