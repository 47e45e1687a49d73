import type { TokenTable } from '../../protocol/tokens';
import type { TokenizerComparison } from '../../protocol/tokenizers';

/**
 * Two cuts of one text beside each other. Between two places where both begin a token lies a stretch; where both make
 * one token of it they agree, and elsewhere it is a difference. A token counts for the line in which it begins.
 */
export function compareTables(
  text: string,
  first: TokenTable,
  second: TokenTable,
): TokenizerComparison {
  const lines = lineStarts(text);
  return {
    tokens: [first.ids.length, second.ids.length],
    byteLength: first.byteLength,
    lineStarts: lines,
    lineBytes: bytesOfLines(text, lines),
    lineTokens: [tokensOfLines(first, lines), tokensOfLines(second, lines)],
    ...differences(first, second),
  };
}

type Differences = Pick<TokenizerComparison, 'starts' | 'ends' | 'counts'>;

function differences(first: TokenTable, second: TokenTable): Differences {
  const starts: number[] = [];
  const ends: number[] = [];
  const counts: [number[], number[]] = [[], []];
  let [a, b] = [0, 0];
  while (a < first.ids.length || b < second.ids.length) {
    const [nextA, nextB] = nextCommon({ first, second }, a, b);
    if (nextA - a !== 1 || nextB - b !== 1) {
      starts.push(Math.min(startOf(first, a), startOf(second, b)));
      ends.push(Math.max(endOf(first, nextA), endOf(second, nextB)));
      counts[0].push(nextA - a);
      counts[1].push(nextB - b);
    }
    [a, b] = [nextA, nextB];
  }
  return {
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    counts: [Uint32Array.from(counts[0]), Uint32Array.from(counts[1])],
  };
}

/** The rows behind `a` and `b` that begin at the same byte, or the ends of both tables. */
function nextCommon(
  { first, second }: { readonly first: TokenTable; readonly second: TokenTable },
  a: number,
  b: number,
): [number, number] {
  let nextA = Math.min(a + 1, first.ids.length);
  let nextB = Math.min(b + 1, second.ids.length);
  while (nextA < first.ids.length || nextB < second.ids.length) {
    const byteA = first.byteStarts[nextA] ?? Infinity;
    const byteB = second.byteStarts[nextB] ?? Infinity;
    if (byteA === byteB) break;
    if (byteA < byteB) nextA++;
    else nextB++;
  }
  return [nextA, nextB];
}

/** UTF-16 offset at which a row starts; the end of the text's tokens for the row behind the last. */
function startOf({ starts }: TokenTable, row: number): number {
  return starts[row] ?? Infinity;
}

/** UTF-16 offset at which the row before `next` ends. */
function endOf({ ends }: TokenTable, next: number): number {
  return ends[next - 1] ?? 0;
}

/** UTF-16 offset of each line's start; lines end with a line feed. */
function lineStarts(text: string): Uint32Array {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}

function bytesOfLines(text: string, lines: Uint32Array): Uint32Array {
  const encoder = new TextEncoder();
  return lines.map((start, line) => encoder.encode(text.slice(start, lines[line + 1])).length);
}

function tokensOfLines({ starts }: TokenTable, lines: Uint32Array): Uint32Array {
  const counts = new Uint32Array(lines.length);
  let line = 0;
  for (const start of starts) {
    while (line + 1 < lines.length && lines[line + 1] <= start) line++;
    counts[line]++;
  }
  return counts;
}
