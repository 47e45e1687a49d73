/** What to draw for tokens, without knowing how: bands that alternate, ids, and where line ends are tokens too. */
import type { Region, TokenSpan } from '../tokens/regionTokens';

/** One band: a token, or the tokens that share a character. */
export interface TokenMark {
  /** UTF-16 offsets in the document. */
  readonly start: number;
  readonly end: number;
  /**
   * Where the id stands: after the token, but at the end of its line when the token holds a line end, or when the line
   * is written from right to left in part: what stands between such letters would tear them apart and turn their order.
   */
  readonly labelAt: number;
  /** Line ends inside, as marks: `↵`. */
  readonly lineEnds: string;
  /** Alternates from band to band of a line, and begins anew with each line, so that an edit changes its own line alone. */
  readonly parity: 0 | 1;
  readonly ids: readonly number[];
}

/** What stands at one place: the ids of a band, or of a band and of the line end after it. */
export interface TokenLabel {
  readonly at: number;
  readonly ids: readonly number[];
  /** One for each band: `47`, `↵11`, `167·242`. */
  readonly texts: readonly string[];
  readonly lineEnds: string;
}

/** Labels of marks that are in order; what stands at the same place becomes one. */
export function labelsOf(marks: readonly TokenMark[]): TokenLabel[] {
  const labels: TokenLabel[] = [];
  for (const { labelAt, ids, lineEnds } of marks) {
    const label = { at: labelAt, ids, texts: [lineEnds + ids.join('·')], lineEnds };
    const last = labels.at(-1);
    if (last?.at !== labelAt) {
      labels.push(label);
      continue;
    }
    labels[labels.length - 1] = {
      at: labelAt,
      ids: [...last.ids, ...ids],
      texts: [...last.texts, ...label.texts],
      lineEnds: last.lineEnds + lineEnds,
    };
  }
  return labels;
}

/** Marks of the bands that touch a range of the document, in order; at most `limit`, those nearest to `near`. */
export function tokenMarks(
  span: TokenSpan,
  shown: Region,
  cap: { readonly limit: number; readonly near: number },
): TokenMark[] {
  const marks: TokenMark[] = [];
  const { starts, ends, ids } = span.table;
  const base = span.covers.start;
  let parity: 0 | 1 = 1;
  let line: Line | undefined;
  for (let row = 0; row < starts.length;) {
    const next = bandEnd(span, row);
    const start = base + (starts[row] ?? 0);
    const end = base + (ends[next - 1] ?? 0);
    if (start >= shown.end) break;
    parity = parityAt(span.text, start - base, parity);
    if (end > shown.start) {
      const text = span.text.slice(start - base, end - base);
      if (line === undefined || start - base >= line.next) line = lineFrom(span.text, start - base);
      const lineEnd = line.isTurned ? line.end : lineEndIn(span.text, start - base, end - base);
      marks.push({
        start,
        end,
        labelAt: lineEnd === undefined ? end : base + lineEnd,
        lineEnds: lineEndMarks(text),
        parity,
        ids: [...ids.subarray(row, next)],
      });
    }
    row = next;
  }
  return nearest(marks, cap);
}

/** The row after the band that starts at `row`: tokens whose characters overlap belong together. */
export function bandEnd(span: TokenSpan, row: number): number {
  const { starts, ends } = span.table;
  let end = ends[row] ?? 0;
  let next = row + 1;
  while (next < starts.length && (starts[next] ?? 0) < end) {
    end = Math.max(end, ends[next] ?? 0);
    next++;
  }
  return next;
}

/**
 * The parity of a band that starts at a place, after one of another parity. A band that begins with a line end shows
 * nothing before it, so that its own parity is free; what comes after a line end begins anew.
 */
function parityAt(text: string, start: number, before: 0 | 1): 0 | 1 {
  if (isLineEnd(text[start])) return 1;
  if (start > 0 && isLineEnd(text[start - 1])) return 0;
  return before === 0 ? 1 : 0;
}

function isLineEnd(unit: string | undefined): boolean {
  return unit === '\n' || unit === '\r';
}

/** A line of a text, or the rest of one. */
interface Line {
  /** Where its line end begins, and what comes behind that. */
  readonly end: number;
  readonly next: number;
  readonly isTurned: boolean;
}

const fromRightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u;

function lineFrom(text: string, start: number): Line {
  const feed = text.indexOf('\n', start);
  const next = feed < 0 ? text.length : feed + 1;
  const end = feed < 0 ? next : feed > 0 && text[feed - 1] === '\r' ? feed - 1 : feed;
  const first = text.lastIndexOf('\n', start - 1) + 1;
  return { end, next, isTurned: fromRightToLeft.test(text.slice(first, end)) };
}

/** Where the first line end of a part of a text begins, if it has one. A line feed after a carriage return ends with it. */
function lineEndIn(text: string, start: number, end: number): number | undefined {
  const found = text.slice(start, end).search(/[\r\n]/);
  if (found < 0) return undefined;
  const at = start + found;
  return text[at] === '\n' && text[at - 1] === '\r' ? at - 1 : at;
}

function lineEndMarks(text: string): string {
  return text
    .replaceAll('\r\n', '↵')
    .replaceAll('\n', '↵')
    .replaceAll('\r', '␍')
    .replaceAll(/[^↵␍]/g, '');
}

function nearest(
  marks: TokenMark[],
  { limit, near }: { readonly limit: number; readonly near: number },
): TokenMark[] {
  if (marks.length <= limit) return marks;
  const caret = marks.findIndex((mark) => mark.end > near);
  const middle = caret < 0 ? marks.length : caret;
  const from = Math.min(Math.max(0, middle - (limit >> 1)), marks.length - limit);
  return marks.slice(from, from + limit);
}
