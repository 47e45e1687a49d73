import type { TextCount, TextPart, TokenTable } from '../../protocol/tokens';
import { joinTables } from '../tokenizer/joinTables';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { tokenizeWindow } from '../tokenizing';
import type { Work } from '../work';
import type { ChunkedText } from './chunkedText';

/** An edit: `text` in the place of UTF-16 units [start, end). */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The tokens of a text that is edited. It lies in segments between safe cuts (`Tokenizer.safeCut`), so that the tokens of
 * each, one after another, are those of the whole; only those of segments that are asked for are made. After an edit the
 * segments from the nearest cut before it that is still safe to the nearest such cut behind it are cut anew, and all
 * others stay: what lies left of a safe cut does not depend on what lies right of it, nor the reverse. A tokenizer that
 * proves no safe cut has one segment, and an edit makes all of it anew.
 */
export class SegmentedText {
  readonly #tokenizer: Tokenizer;
  readonly #text: ChunkedText;
  /** A segment's length, about. */
  readonly #units: number;
  #segments: Segment[] = [];
  /** How often the text was edited: what is going on for longer notices that it is late. */
  #edits = 0;
  /** Segments whose tables are kept, the least recently used first. */
  readonly #kept = new Set<Segment>();

  /** The text is edited by its owner, who tells of it by `edited`. */
  static async cut(
    tokenizer: Tokenizer,
    text: ChunkedText,
    options: { readonly work: Pick<Work, 'pace'>; readonly units?: number },
  ): Promise<SegmentedText> {
    const segmented = new SegmentedText(tokenizer, text, options.units ?? segmentUnits);
    let at = 0;
    while (at < text.length) {
      await options.work.pace.pause();
      const end = segmented.#endOfSegment(at, text.length);
      segmented.#segments.push({ length: end - at });
      at = end;
    }
    return segmented;
  }

  private constructor(tokenizer: Tokenizer, text: ChunkedText, units: number) {
    this.#units = units;
    this.#tokenizer = tokenizer;
    this.#text = text;
  }

  /** How many parts of the text can be tokenized each on its own. */
  get segmentCount(): number {
    return this.#segments.length;
  }

  /** The owner has made this edit in the text. */
  edited({ start, end, text }: TextChange): void {
    this.#edits++;
    const zone = this.#zone({ start, end, grown: text.length - (end - start) });
    const fresh: Segment[] = [];
    for (let at = zone.start; at < zone.end;) {
      const next = this.#endOfSegment(at, zone.end);
      fresh.push({ length: next - at });
      at = next;
    }
    for (const old of this.#segments.slice(zone.first, zone.last + 1)) this.#kept.delete(old);
    this.#segments = [
      ...this.#segments.slice(0, zone.first),
      ...fresh,
      ...this.#segments.slice(zone.last + 1),
    ];
  }

  /** Tokens of whole segments that hold [start, end). A segment too long to be encoded for a look is told as a window. */
  async tokens(
    range: { readonly start: number; readonly end: number },
    work: Work,
  ): Promise<TextPart> {
    const { segments, start, first } = this.#covering(range);
    if (segments.some(({ length, table }) => length > longestLook && table === undefined)) {
      return this.#window(range, work);
    }
    const tables = [];
    let at = start;
    let byte = 0;
    for (const segment of segments) {
      await work.pace.pause();
      const table = this.#encoded(segment, at);
      tables.push({ table, start: at - start, byteStart: byte });
      at += segment.length;
      byte += table.byteLength;
    }
    return { start, end: at, first, table: joinTables(tables, byte) };
  }

  /** What the whole comes to; told as it grows. Undefined when an edit came in between. */
  async count(work: Work): Promise<TextCount | undefined> {
    const edits = this.#edits;
    let at = 0;
    let tokens = 0;
    let characters = 0;
    let bytes = 0;
    for (const segment of this.#segments) {
      if (segment.count === undefined) {
        await work.pace.pause();
        if (edits !== this.#edits) return undefined;
        segment.count = countOf(
          this.#encode(at, segment.length),
          this.#text.slice(at, at + segment.length),
        );
      }
      tokens += segment.count.tokens;
      characters += segment.count.characters;
      bytes += segment.count.bytes;
      at += segment.length;
      work.onProgress?.({ done: at, total: this.#text.length });
    }
    return { tokens, characters, bytes };
  }

  /**
   * What an edit makes new, in the text as it is now: segments `first` to `last` become [start, end). Segments shorter
   * than what a cut is proven by are joined with the next, so that no proof reaches across two cuts.
   */
  #zone(edit: { readonly start: number; readonly end: number; readonly grown: number }): {
    readonly first: number;
    readonly last: number;
    readonly start: number;
    readonly end: number;
  } {
    const bounds = this.#bounds();
    const count = this.#segments.length;
    let first = Math.max(0, bounds.findIndex((bound) => bound >= edit.start) - 1);
    let last = Math.max(
      first,
      bounds.findLastIndex((bound) => bound <= edit.end),
    );
    last = Math.min(last, count - 1);
    while (first > 0 && !this.#isSafe(bounds[first])) first--;
    while (last < count - 1 && !this.#isSafe(bounds[last + 1] + edit.grown)) last++;
    const length = (): number => bounds[last + 1] + edit.grown - bounds[first];
    if (count === 0) return { first: 0, last: -1, start: 0, end: this.#text.length };
    while (length() < 2 * proof && (first > 0 || last < count - 1)) {
      if (last < count - 1) last++;
      else first--;
      while (first > 0 && !this.#isSafe(bounds[first])) first--;
      while (last < count - 1 && !this.#isSafe(bounds[last + 1] + edit.grown)) last++;
    }
    return { first, last, start: bounds[first], end: bounds[last + 1] + edit.grown };
  }

  /** Where segments start, and where the last one ends. */
  #bounds(): number[] {
    let at = 0;
    return [0, ...this.#segments.map(({ length }) => (at += length))];
  }

  #isSafe(index: number): boolean {
    const from = Math.max(0, index - proof);
    return this.#tokenizer.safeCut(this.#text.slice(from, index + proof), index - from);
  }

  /** The first safe cut some way behind `start`, or `limit` where there is none before it or little would be left. */
  #endOfSegment(start: number, limit: number): number {
    const units = this.#units;
    for (let from = start + units; from < limit - units / 2; from += units) {
      const low = from - proof;
      const window = this.#text.slice(low, Math.min(limit, from + units) + proof);
      const end = Math.min(units, limit - proof - from);
      for (let index = 0; index < end; index++) {
        if (this.#tokenizer.safeCut(window, index + proof)) return from + index;
      }
    }
    return limit;
  }

  #covering({ start, end }: { readonly start: number; readonly end: number }): {
    readonly segments: readonly Segment[];
    readonly start: number;
    readonly first: number | undefined;
  } {
    const segments: Segment[] = [];
    let at = 0;
    let from = 0;
    let before: number | undefined = 0;
    for (const segment of this.#segments) {
      const isWanted = at + segment.length > start && at < end;
      if (isWanted && segments.length === 0) from = at;
      if (isWanted) segments.push(segment);
      else if (segments.length === 0) {
        before =
          before === undefined || segment.count === undefined
            ? undefined
            : before + segment.count.tokens;
      }
      at += segment.length;
    }
    return { segments, start: from, first: before };
  }

  #encoded(segment: Segment, at: number): TokenTable {
    const table = segment.table ?? this.#encode(at, segment.length);
    segment.table = table;
    segment.count ??= countOf(table, this.#text.slice(at, at + segment.length));
    this.#kept.delete(segment);
    this.#kept.add(segment);
    for (const oldest of [...this.#kept].slice(0, -keptTables)) {
      oldest.table = undefined;
      this.#kept.delete(oldest);
    }
    return table;
  }

  #encode(at: number, length: number): TokenTable {
    return this.#tokenizer.encode(this.#text.slice(at, at + length));
  }

  async #window(
    range: { readonly start: number; readonly end: number },
    work: Work,
  ): Promise<TextPart> {
    const start = Math.max(0, range.start);
    const end = Math.min(this.#text.length, range.end);
    const atStart = start === 0;
    const atEnd = end === this.#text.length;
    const text = this.#text.slice(start, end);
    const table = await tokenizeWindow(this.#tokenizer, { text, atStart, atEnd }, work);
    return { start, end, first: atStart ? 0 : undefined, table };
  }
}

interface Segment {
  readonly length: number;
  /** What it comes to, once somebody counted it. */
  count?: TextCount | undefined;
  table?: TokenTable | undefined;
}

function countOf({ ids, byteLength: bytes }: TokenTable, text: string): TextCount {
  let pairs = 0;
  for (let n = 1; n < text.length; n++) {
    const isLow = (text.charCodeAt(n) & 0xfc00) === 0xdc00;
    if (isLow && (text.charCodeAt(n - 1) & 0xfc00) === 0xd800) pairs++;
  }
  return { tokens: ids.length, characters: text.length - pairs, bytes };
}

/** A segment takes about a millisecond to encode. */
const segmentUnits = 4096;
/** Units on each side of a cut by which it is proven safe. */
const proof = 64;
/** Tables take 18 bytes a token: those of some hundred thousand characters are kept. */
const keptTables = 48;
/** A segment that is longer would keep its reader waiting: some hundred milliseconds. */
const longestLook = 200_000;
