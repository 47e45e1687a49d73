/**
 * Tokens of parts of a document: of each selection taken as a text of its own, or of the whole document. What is short
 * is tokenized whole, so that every token's index is known; of what is long only a window around what is looked at.
 */
import type { EngineClient } from '../../protocol/engineApi';
import type { TokenTable } from '../../protocol/tokens';

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
  /** Whether the first token of the table is the first of the region; if not, nobody knows how many come before. */
  readonly fromStart: boolean;
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

  /** Spans that cover what is visible of the regions, in the order of the regions. */
  async spans(
    text: TextSnapshot,
    wanted: { readonly regions: readonly Region[]; readonly visible: readonly Region[] },
    signal: AbortSignal,
  ): Promise<readonly TokenSpan[]> {
    this.#turnTo(text);
    const spans: TokenSpan[] = [];
    for (const region of wanted.regions) {
      for (const part of visibleParts(region, wanted.visible)) {
        const known = this.#known(region, part);
        const span = known ?? (await this.#tokenize(text, { region, part }, signal));
        this.#turnTo(text);
        if (known === undefined) this.#spans.push(span);
        if (!spans.includes(span)) spans.push(span);
      }
    }
    return spans;
  }

  /** The token at an offset, if its region was tokenized there for this version of the document. */
  at(text: TextSnapshot, offset: number): TokenPlace | undefined {
    if (this.#key !== keyOf(text)) return undefined;
    for (const span of this.#spans.toReversed()) {
      const row = rowAt(span, offset);
      if (row !== undefined) return { span, row };
    }
    return undefined;
  }

  #turnTo(text: TextSnapshot): void {
    const key = keyOf(text);
    if (key === this.#key) return;
    this.#key = key;
    this.#spans = [];
  }

  #known(region: Region, part: Region): TokenSpan | undefined {
    return this.#spans.find(
      (span) =>
        span.region.start === region.start &&
        span.region.end === region.end &&
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
    if (region.end - region.start <= wholeLimit) {
      const slice = text.slice(region);
      const table = await this.#tokenizer.tokenize({ text: slice }, { signal });
      return { region, covers: region, text: slice, table, fromStart: true };
    }
    const window = {
      start: Math.max(region.start, part.start - windowMargin),
      end: Math.min(region.end, part.end + windowMargin),
    };
    const slice = text.slice(window);
    const atStart = window.start === region.start;
    const atEnd = window.end === region.end;
    const table = await this.#tokenizer.tokenizeWindow({ text: slice, atStart, atEnd }, { signal });
    return cropped({ region, window, slice, table, fromStart: atStart });
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

/** Cuts a window's text to what its table covers. */
function cropped(made: {
  region: Region;
  window: Region;
  slice: string;
  table: TokenTable;
  fromStart: boolean;
}): TokenSpan {
  const { region, window, slice, table, fromStart } = made;
  const first = table.starts[0] ?? 0;
  const last = table.ends.at(-1) ?? 0;
  return {
    region,
    covers: { start: window.start + first, end: window.start + last },
    text: slice.slice(first, last),
    table: {
      ...table,
      starts: table.starts.map((start) => start - first),
      ends: table.ends.map((end) => end - first),
    },
    fromStart,
  };
}

function visibleParts(region: Region, visible: readonly Region[]): Region[] {
  return visible
    .map(({ start, end }) => ({
      start: Math.max(start, region.start),
      end: Math.min(end, region.end),
    }))
    .filter(({ start, end }) => start < end);
}

function keyOf(text: TextSnapshot): string {
  return `${String(text.version)} ${text.key}`;
}
