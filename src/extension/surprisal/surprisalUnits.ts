/** Scored tokens gathered to what is tinted: tokens, words or lines; and how strongly each is tinted. */
import type { Region } from '../tokens/regionTokens';
import type { ScoredToken, Section } from './surprisalSections';

export type SurprisalUnitKind = 'token' | 'word' | 'line';

export interface SurprisalUnit extends Region {
  /** Sum over its tokens; NaN where one of them has nothing before it. */
  readonly bits: number;
  readonly bytes: number;
  readonly tokens: readonly ScoredToken[];
  /** How many tokens of another tokenizer are shown in it; undefined where those that are shown are the model's. */
  readonly shown?: number;
  /** Strength of the tint, 0 (none) to 5. */
  readonly level: number;
}

/** Where each level begins: bits for tokens and words, bits per byte for lines, which differ in length. */
export const levelStarts: Readonly<Record<SurprisalUnitKind, readonly number[]>> = {
  token: [2, 4, 6, 9, 12],
  word: [4, 8, 12, 16, 24],
  line: [1, 1.5, 2, 3, 4],
};

/** From this level on, a unit is a surprise that the commands stop at. */
export const surpriseLevel = 4;

/**
 * The units of neighbouring sections, in order. A word or line that the sections do not hold whole is left out, for
 * nobody knows all of its tokens. `textOf` gives parts of the document.
 */
export function surprisalUnits(
  sections: readonly Section[],
  kind: SurprisalUnitKind,
  textOf: (region: Region) => string,
): SurprisalUnit[] {
  const tokens = sections.flatMap((section) => section.tokens);
  const [first, last] = [sections[0], sections.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (kind === 'token') return shared(tokens).map((group) => unitOf(group, kind));
  const text = textOf({ start: first.start, end: last.end });
  const regions = kind === 'word' ? wordsOf(text) : linesOf(text);
  const moved = regions.map(({ start, end }) => ({
    start: first.start + start,
    end: first.start + end,
  }));
  const cutAtEnd = textOf({ start: last.end, end: last.end + 1 }) !== '';
  const whole = moved.slice(first.start === 0 ? 0 : 1, cutAtEnd ? -1 : undefined);
  const unknown = sections.filter(({ known }) => known !== undefined).map(gapOf);
  return gather(tokens, whole, { text, base: first.start })
    .filter(({ region, group }) => group.length > 0 && !unknown.some((gap) => meet(gap, region)))
    .map(({ region, group }) => ({ ...unitOf(group, kind), ...region }));
}

/** What a section does not tell of. */
function gapOf({ known, end }: Section): Region {
  return { start: known ?? end, end };
}

function meet(a: Region, b: Region): boolean {
  return a.start < b.end && b.start < a.end;
}

/** The tokens that are at home in each region; both are in order. */
function gather(
  tokens: readonly ScoredToken[],
  regions: readonly Region[],
  from: { readonly text: string; readonly base: number },
): { region: Region; group: ScoredToken[] }[] {
  const groups = regions.map((region) => ({ region, group: [] as ScoredToken[] }));
  let at = 0;
  for (const token of tokens) {
    const anchor = anchorOf(token, from.text, from.base);
    while (at < groups.length && (groups[at]?.region.end ?? 0) <= anchor) at++;
    const group = groups[at];
    if (group !== undefined && anchor >= group.region.start) group.group.push(token);
  }
  return groups;
}

/** Tokens that share a character are one unit: nobody can see them apart. */
function shared(tokens: readonly ScoredToken[]): ScoredToken[][] {
  const groups: ScoredToken[][] = [];
  let end = -1;
  for (const token of tokens) {
    const group = groups.at(-1);
    if (group !== undefined && token.start < end) group.push(token);
    else groups.push([token]);
    end = Math.max(end, token.end);
  }
  return groups;
}

function unitOf(tokens: readonly ScoredToken[], kind: SurprisalUnitKind): SurprisalUnit {
  const bits = tokens.reduce((sum, token) => sum + token.bits, 0);
  const bytes = tokens.reduce((sum, token) => sum + token.bytes, 0);
  const start = tokens[0]?.start ?? 0;
  const end = Math.max(...tokens.map((token) => token.end));
  const level = levelOf(kind, kind === 'line' ? bits / bytes : bits);
  return { start, end, bits, bytes, tokens, level };
}

export function levelOf(kind: SurprisalUnitKind, value: number): number {
  return levelStarts[kind].filter((start) => value >= start).length;
}

/** Where a token is at home: ` girl` belongs to the word and not to the space before it. */
function anchorOf(token: ScoredToken, text: string, base: number): number {
  const content = text.slice(token.start - base, token.end - base);
  const space = /^\s*/.exec(content)?.[0].length ?? 0;
  return token.start + (space < content.length ? space : 0);
}

/** Words by the rules of Unicode and, for languages without spaces, a dictionary; what stands between them too. */
function wordsOf(text: string): Region[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  return Array.from(segmenter.segment(text), ({ index, segment }) => ({
    start: index,
    end: index + segment.length,
  }));
}

/** Lines with their ends. */
function linesOf(text: string): Region[] {
  return [...text.matchAll(/[^\n]*\n|[^\n]+$/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
