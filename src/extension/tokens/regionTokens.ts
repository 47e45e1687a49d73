/**
 * Tokens of parts of a document: of each selection taken as a text of its own, or of the whole document. What is short
 * is tokenized whole, so that every token's index is known; of what is long only a window around what is looked at.
 */
import type { EngineClient } from '../../protocol/engineApi';
import type { TextPart, TokenTable } from '../../protocol/tokens';

/** UTF-16 offsets in the document. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** A document as of one version. */
export interface TextSnapshot {
  /** Differs between documents. */
  readonly key: string;
  readonly version: number;
  slice(region: Region): string;
  /** UTF-16 units. */
  readonly length: number;
  /** Tokens of a part of the whole document, by whoever keeps it; undefined when it is not kept (yet). */
  readonly kept?: (range: Region, signal: AbortSignal) => Promise<TextPart | undefined>;
}

/** Tokens of a region, or of a window of it. */
export interface TokenSpan {
  /** What is tokenized as one text. */
  readonly region: Region;
  /** The part of it that this span covers, and its text. */
  readonly covers: Region;
  readonly text: string;
  /** Offsets are relative to `covers.start`. */
  readonly table: TokenTable;
  /** How many tokens of the region come before the table's first; undefined where nobody knows. */
  readonly first: number | undefined;
}

/** A span, and the part of its region that was asked for: what is visible of it. */
export interface SpanPart {
  readonly span: TokenSpan;
  readonly part: Region;
}

export interface TokenPlace {
  readonly span: TokenSpan;
  /** Row of the span's table. */
  readonly row: number;
}

type Tokenizer = Pick<EngineClient, 'tokenize' | 'tokenizeWindow'>;

/** Up to here a region is tokenized whole: some tens of milliseconds. */
const wholeLimit = 100_000;
/** Characters around what is visible: enough context before for a model to judge the first visible token by. */
const windowMargin = 12_000;
/** Spans remembered beside those in use: scrolling back and forth finds them, scrolling on lets them go. */
const keptSpans = 8;

export class RegionTokens {
  readonly #tokenizer: Tokenizer;
  #key = '';
  #spans: TokenSpan[] = [];

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** Forgets everything: another vocabulary is in use. */
  clear(): void {
    this.#key = '';
    this.#spans = [];
  }

  /** Spans that cover what is visible of the regions, in order; no part of a region is covered twice. */
  async spans(
    text: TextSnapshot,
    wanted: { readonly regions: readonly Region[]; readonly visible: readonly Region[] },
    signal: AbortSignal,
  ): Promise<readonly SpanPart[]> {
    this.#turnTo(text);
    const parts: SpanPart[] = [];
    for (const region of wanted.regions) {
      for (const part of visibleParts(region, wanted.visible)) {
        const known = this.#known(region, part);
        const span = known ?? (await this.#tokenize(text, { region, part }, signal));
        if (known === undefined && this.#key === keyOf(text)) this.#spans.push(span);
        parts.push({ span, part });
      }
    }
    this.#keep(parts, wanted.regions);
    return parts;
  }

  /** The token at an offset of one of the regions; tokenizes around it when that was not visible yet. */
  async at(
    text: TextSnapshot,
    wanted: { readonly regions: readonly Region[]; readonly offset: number },
    signal: AbortSignal,
  ): Promise<TokenPlace | undefined> {
    const { regions, offset } = wanted;
    const visible = [{ start: offset, end: offset + 1 }];
    const [found] = await this.spans(text, { regions, visible }, signal);
    const row = found && rowAt(found.span, offset);
    return found === undefined || row === undefined ? undefined : { span: found.span, row };
  }

  #turnTo(text: TextSnapshot): void {
    const key = keyOf(text);
    if (key === this.#key) return;
    this.#key = key;
    this.#spans = [];
  }

  /** Forgets spans of regions that are no longer looked at, and the oldest of the others. */
  #keep(parts: readonly SpanPart[], regions: readonly Region[]): void {
    const inUse = parts.map(({ span }) => span);
    const others = this.#spans.filter(
      (span) => !inUse.includes(span) && regions.some((region) => isSame(region, span.region)),
    );
    this.#spans = [
      ...others.slice(-keptSpans),
      ...this.#spans.filter((span) => inUse.includes(span)),
    ];
  }

  #known(region: Region, part: Region): TokenSpan | undefined {
    return this.#spans.find(
      (span) =>
        isSame(span.region, region) &&
        span.covers.start <= part.start &&
        part.end <= span.covers.end,
    );
  }

  async #tokenize(
    text: TextSnapshot,
    wanted: { readonly region: Region; readonly part: Region },
    signal: AbortSignal,
  ): Promise<TokenSpan> {
    const { region, part } = wanted;
    const isWhole = region.start === 0 && region.end === text.length;
    const kept = isWhole ? await text.kept?.(around(region, part), signal) : undefined;
    if (kept !== undefined) {
      const { table, first, ...covers } = kept;
      return { region, covers, text: text.slice(covers), table, first };
    }
    if (region.end - region.start <= wholeLimit) {
      const slice = text.slice(region);
      const table = await this.#tokenizer.tokenize({ text: slice }, { signal });
      return { region, covers: region, text: slice, table, first: 0 };
    }
    const window = around(region, part);
    const slice = text.slice(window);
    const atStart = window.start === region.start;
    const atEnd = window.end === region.end;
    const table = await this.#tokenizer.tokenizeWindow({ text: slice, atStart, atEnd }, { signal });
    return cropped({ region, window, slice, table, first: atStart ? 0 : undefined });
  }
}

/** The row whose token holds the character at an offset of the document. */
export function rowAt(span: TokenSpan, offset: number): number | undefined {
  if (offset < span.covers.start || offset >= span.covers.end) return undefined;
  const { starts, ends } = span.table;
  const local = offset - span.covers.start;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0) <= local) low = middle + 1;
    else high = middle;
  }
  return low < starts.length && (starts[low] ?? 0) <= local ? low : undefined;
}

function around(region: Region, part: Region): Region {
  return {
    start: Math.max(region.start, part.start - windowMargin),
    end: Math.min(region.end, part.end + windowMargin),
  };
}

/** Cuts a window's text to what its table covers. */
function cropped(made: {
  region: Region;
  window: Region;
  slice: string;
  table: TokenTable;
  first: number | undefined;
}): TokenSpan {
  const { region, window, slice, table, first } = made;
  const from = table.starts[0] ?? 0;
  const last = table.ends.at(-1) ?? 0;
  return {
    region,
    covers: { start: window.start + from, end: window.start + last },
    text: slice.slice(from, last),
    table: {
      ...table,
      starts: table.starts.map((start) => start - from),
      ends: table.ends.map((end) => end - from),
    },
    first,
  };
}

/** What is visible of a region, in order; ranges that meet, as those around folded lines do, are one. */
function visibleParts(region: Region, visible: readonly Region[]): Region[] {
  const parts: Region[] = [];
  for (const range of visible.toSorted((a, b) => a.start - b.start)) {
    const start = Math.max(range.start, region.start);
    const end = Math.min(range.end, region.end);
    const last = parts.at(-1);
    if (start >= end) continue;
    if (last === undefined || last.end < start) parts.push({ start, end });
    else parts[parts.length - 1] = { start: last.start, end: Math.max(last.end, end) };
  }
  return parts;
}

function isSame(a: Region, b: Region): boolean {
  return a.start === b.start && a.end === b.end;
}

function keyOf(text: TextSnapshot): string {
  return `${String(text.version)} ${text.key}`;
}
