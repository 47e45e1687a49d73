/** How a piece became tokens as steps, the same for every kind of tokenizer. */
import type { LatticeWay, PieceSearch } from './pieceSearch';
import type { Merge, PieceMerges } from './tokens';

/** The piece after a step: parts that cover it, and what the step did. */
export interface TokenizingStep {
  readonly parts: readonly StepPart[];
  readonly event: StepEvent;
}

export interface StepPart {
  /** Bytes where bytes are merged, and text where a model reads characters. */
  readonly content: Uint8Array | string;
  /** Whether this step made it. */
  readonly isNew: boolean;
}

type Content = StepPart['content'];

export type StepEvent =
  | { readonly kind: 'start'; readonly count: number }
  | {
      readonly kind: 'join';
      readonly rank: number;
      readonly left: Content;
      readonly right: Content;
    }
  /** `tried` are the entries that were looked for before, the longest first, and are none. */
  | {
      readonly kind: 'match';
      readonly entry: string;
      readonly id: number;
      readonly tried: readonly string[];
    }
  | { readonly kind: 'noMatch'; readonly tried: readonly string[] }
  | { readonly kind: 'tooLong'; readonly limit: number }
  /** The entries that end at one place; the best of them goes on. */
  | {
      readonly kind: 'ways';
      readonly ways: readonly (LatticeWay & { readonly entry: string })[];
      readonly best: number;
    }
  | { readonly kind: 'path'; readonly total: number }
  | { readonly kind: 'lookup'; readonly found: boolean }
  | { readonly kind: 'tokens'; readonly ids: readonly number[] };

/** From what the search starts with to the ids, in order; never empty. */
export function tokenizingSteps(piece: PieceMerges): readonly TokenizingStep[] {
  const steps = piece.search === undefined ? byteMerges(piece) : searchSteps(piece.search);
  const last = steps.at(-1)?.parts ?? [{ content: piece.bytes, isNew: false }];
  const parts = last.map(({ content }) => ({ content, isNew: false }));
  return [...steps, { parts, event: { kind: 'tokens', ids: piece.ids } }];
}

function byteMerges({ bytes, merges }: PieceMerges): TokenizingStep[] {
  if (merges.length === 0) return [];
  const slice = (from: number, to: number) => bytes.subarray(from, to);
  return mergeSteps({ length: bytes.length, rounds: merges, slice });
}

function searchSteps(search: PieceSearch): TokenizingStep[] {
  const { text } = search;
  switch (search.kind) {
    case 'symbolMerges': {
      const { symbols, rounds } = search;
      const slice = (from: number, to: number) => symbols.slice(from, to).join('');
      return mergeSteps({ length: symbols.length, rounds, slice });
    }
    case 'longestMatch':
      return matchSteps(search);
    case 'lattice':
      return latticeSteps(search);
    case 'lookup': {
      const { found } = search;
      return [{ parts: [{ content: text, isNew: found }], event: { kind: 'lookup', found } }];
    }
  }
}

function mergeSteps({
  length,
  rounds,
  slice,
}: {
  readonly length: number;
  readonly rounds: readonly Merge[];
  readonly slice: (from: number, to: number) => Content;
}): TokenizingStep[] {
  const partsOf = (edges: readonly number[], joined: readonly number[]): StepPart[] =>
    edges.slice(1).map((end, n) => {
      const start = edges[n] ?? 0;
      return { content: slice(start, end), isNew: joined.includes(start) };
    });
  let before = Array.from({ length: length + 1 }, (_, edge) => edge);
  const steps: TokenizingStep[] = [
    { parts: partsOf(before, []), event: { kind: 'start', count: length } },
  ];
  for (const { rank, cuts, joined } of rounds) {
    const after = [0, ...cuts, length];
    const [at = 0] = joined;
    const middle = before[before.indexOf(at) + 1] ?? length;
    const end = after[after.indexOf(at) + 1] ?? length;
    const event = {
      kind: 'join',
      rank,
      left: slice(at, middle),
      right: slice(middle, end),
    } as const;
    steps.push({ parts: partsOf(after, joined), event });
    before = after;
  }
  return steps;
}

function matchSteps({
  text,
  prefix,
  steps,
  tooLong,
}: Extract<PieceSearch, { kind: 'longestMatch' }>): TokenizingStep[] {
  const whole = [{ content: text, isNew: false }];
  if (tooLong !== undefined) return [{ parts: whole, event: { kind: 'tooLong', limit: tooLong } }];
  const found: StepPart[] = [];
  return steps.map(({ start, longest, match }) => {
    const entry = (end: number): string => (start > 0 ? prefix : '') + text.slice(start, end);
    const failed = Math.max(0, longest - (match?.end ?? start));
    const tried = Array.from({ length: failed }, (_, n) => entry(longest - n));
    if (match === undefined) return { parts: whole, event: { kind: 'noMatch', tried } };
    const { end, id } = match;
    const parts = [...found, { content: text.slice(start, end), isNew: true }];
    found.push({ content: text.slice(start, end), isNew: false });
    if (end < text.length) parts.push({ content: text.slice(end), isNew: false });
    return { parts, event: { kind: 'match', entry: entry(end), id, tried } };
  });
}

/** One step for each place where entries end, and the path. The parts are those of the best way to that place. */
function latticeSteps({
  text,
  ways,
  path,
}: Extract<PieceSearch, { kind: 'lattice' }>): TokenizingStep[] {
  const byEnd = new Map<number, LatticeWay[]>();
  for (const way of ways) byEnd.set(way.end, [...(byEnd.get(way.end) ?? []), way]);
  const best = new Map<number, LatticeWay>();
  for (const [end, all] of byEnd) {
    // Of equal ones the first stays, as in the search.
    best.set(
      end,
      all.reduce((known, way) => (way.total > known.total ? way : known)),
    );
  }
  const steps: TokenizingStep[] = [...byEnd.keys()]
    .sort((a, b) => a - b)
    .map((end) => {
      const all = (byEnd.get(end) ?? []).map((way) => ({
        ...way,
        entry: text.slice(way.start, end),
      }));
      const chosen = all.findIndex(({ start }) => start === best.get(end)?.start);
      const parts = wayTo(text, end, best);
      if (end < text.length) parts.push({ content: text.slice(end), isNew: false });
      return { parts, event: { kind: 'ways', ways: all, best: chosen } };
    });
  const total = ways[path.at(-1) ?? -1]?.total ?? 0;
  const parts = path.map((index) => {
    const { start = 0, end = 0 } = ways[index] ?? {};
    return { content: text.slice(start, end), isNew: true };
  });
  return [...steps, { parts, event: { kind: 'path', total } }];
}

function wayTo(text: string, end: number, best: ReadonlyMap<number, LatticeWay>): StepPart[] {
  const parts: StepPart[] = [];
  for (let at = end; at > 0;) {
    const start = best.get(at)?.start ?? 0;
    parts.unshift({ content: text.slice(start, at), isNew: at === end });
    at = start;
  }
  return parts;
}
