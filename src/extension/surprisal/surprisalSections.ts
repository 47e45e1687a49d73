/**
 * How unexpected each token of a document is, section by section. Sections begin at fixed offsets and each is read with
 * the same text before it, so that a token has one number however the document is scrolled, and an edit changes only what
 * stands near it or behind it.
 */
import type { EngineClient } from '../../protocol/engineApi';
import type { TokenTable } from '../../protocol/tokens';
import type { Region, TextSnapshot } from '../tokens/regionTokens';

/** A document as of one version, and its UTF-16 units. */
export interface SurprisalText extends TextSnapshot {
  readonly length: number;
}

export interface ScoredToken {
  /** UTF-16 offsets in the document. */
  readonly start: number;
  readonly end: number;
  readonly id: number;
  readonly bytes: number;
  /** −log₂ p, NaN where nothing stands before the token. */
  readonly bits: number;
  readonly rank: number;
  /** How many tokens before it the model saw. */
  readonly context: number;
}

export interface Section {
  readonly start: number;
  readonly end: number;
  /** Those that begin in the section and whose cut is certain, in order. */
  readonly tokens: readonly ScoredToken[];
  /** Where the certain tokens end, when that is before the section's own end. */
  readonly known: number | undefined;
}

type Client = Pick<EngineClient, 'tokenizeWindow' | 'surprisals'>;

/** UTF-16 units of a section: some hundreds of tokens, a few tenths of a second. */
export const sectionUnits = 2048;
/** Before it, for the model to judge its first tokens by; and after it, so that its last tokens are certain. */
const leadUnits = 2048;
const tailUnits = 512;
/** Half of the longest window that the engine reads at once. */
const mostLeadTokens = 512;
const keptSections = 400;

export class SurprisalSections {
  readonly #client: Client;
  readonly #context: () => number | undefined;
  /** By the text they were made from; offsets count from its start. */
  readonly #known = new Map<string, readonly ScoredToken[]>();

  /** `context` is the open model's, asked for when it is open. */
  constructor(client: Client, context: () => number | undefined) {
    this.#client = client;
    this.#context = context;
  }

  /** Another model is open. */
  clear(): void {
    this.#known.clear();
  }

  async section(text: SurprisalText, index: number, signal: AbortSignal): Promise<Section> {
    const start = index * sectionUnits;
    const end = Math.min(text.length, start + sectionUnits);
    const window = {
      start: Math.max(0, start - leadUnits),
      end: Math.min(text.length, end + tailUnits),
    };
    const atEnd = window.end === text.length;
    const slice = text.slice(window);
    const key = `${String(start - window.start)} ${String(atEnd)} ${slice}`;
    const within = { start: start - window.start, end: end - window.start };
    const known = this.#known.get(key);
    const tokens = known ?? (await this.#score({ slice, within, atEnd }, signal));
    if (known === undefined) this.#keep(key, tokens);
    const placed = tokens.map((token) => moved(token, window.start));
    const reached = placed.at(-1)?.end ?? start;
    return { start, end, tokens: placed, known: reached < end ? reached : undefined };
  }

  async #score(
    on: { readonly slice: string; readonly within: Region; readonly atEnd: boolean },
    signal: AbortSignal,
  ): Promise<readonly ScoredToken[]> {
    const { slice, within, atEnd } = on;
    const atStart = within.start === 0;
    const table = await this.#client.tokenizeWindow({ text: slice, atStart, atEnd }, { signal });
    const first = firstRow(table, within.start);
    const last = firstRow(table, within.end);
    if (first === last) return [];
    const lead = Math.min(first, mostLeadTokens, Math.ceil((this.#context() ?? 1) / 2));
    const ids = table.ids.slice(first - lead, last);
    const scores = await this.#client.surprisals({ ids, from: lead }, { signal });
    return Array.from({ length: last - first }, (_, n) => ({
      start: table.starts[first + n] ?? 0,
      end: table.ends[first + n] ?? 0,
      id: table.ids[first + n] ?? 0,
      bytes: byteEnd(table, first + n) - (table.byteStarts[first + n] ?? 0),
      bits: scores.bits[n] ?? NaN,
      rank: scores.ranks[n] ?? 0,
      context: scores.contexts[n] ?? 0,
    }));
  }

  #keep(key: string, tokens: readonly ScoredToken[]): void {
    this.#known.set(key, tokens);
    const [oldest] = this.#known.keys();
    if (this.#known.size > keptSections && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** Sections that hold a part of a document, in order. */
export function sectionsOf(region: Region, length: number): number[] {
  if (length === 0) return [];
  const first = Math.floor(Math.max(0, region.start) / sectionUnits);
  const last = Math.floor(Math.max(0, Math.min(length, region.end) - 1) / sectionUnits);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
}

/** The first row that starts at an offset or behind it. */
function firstRow({ starts }: TokenTable, offset: number): number {
  const row = starts.findIndex((start) => start >= offset);
  return row < 0 ? starts.length : row;
}

function byteEnd({ byteEnds, byteStarts, byteLength }: TokenTable, row: number): number {
  return byteEnds?.[row] ?? byteStarts[row + 1] ?? byteLength;
}

function moved(token: ScoredToken, by: number): ScoredToken {
  return { ...token, start: token.start + by, end: token.end + by };
}
