/** A comparison of two tokenizers as a text that can be read in an editor: totals, the worst lines, every line. */
import type { TokenizerComparison } from '../../protocol/tokenizers';
import { language, t } from '../l10n';
import { fixed, grouped } from '../tokens/numbers';

export interface ReportSubject {
  /** What was compared, as people call it. */
  readonly name: string;
  readonly text: string;
  readonly names: readonly [string, string];
  readonly comparison: TokenizerComparison;
}

const worstListed = 20;
const linesListed = 5000;
const excerptLength = 60;
const sides = ['A', 'B'] as const;
/** A ratio to nothing; a dash would be of two columns in some fonts. */
const unknown = '-';

/**
 * In an editor's font a letter of two columns may be any width, so nothing but what every font draws alike stands before
 * the last column: the tokenizers are A and B in tables, and named once.
 */
export function comparisonReport(subject: ReportSubject): string {
  const { comparison, name } = subject;
  const [first, second] = comparison.tokens;
  const worst = worstLines(comparison).slice(0, worstListed);
  const lines = [...comparison.lineBytes.keys()];
  const parts = [
    t('comparing.heading', { name }),
    '',
    ...totals(subject),
    t('comparing.differences', {
      count: grouped(comparison.starts.length, language()),
      ratio: first === 0 ? unknown : fixed(second / first, 3),
    }),
    '',
    t('comparing.worst', { count: worst.length }),
    t('comparing.columns'),
    ...lineTable(subject, worst),
    '',
    t('comparing.lines'),
    ...lineTable(subject, lines.slice(0, linesListed)),
  ];
  if (lines.length > linesListed)
    parts.push(t('comparing.cut', { lines: grouped(linesListed, language()) }));
  return `${parts.join('\n')}\n`;
}

/** Lines that have tokens, those with the fewest bytes a token of the first tokenizer first. */
export function worstLines({ lineBytes, lineTokens }: TokenizerComparison): number[] {
  const [tokens] = lineTokens;
  const ratio = (line: number): number => (lineBytes[line] ?? 0) / (tokens[line] ?? 0);
  return [...tokens.keys()]
    .filter((line) => (tokens[line] ?? 0) > 0 && (lineBytes[line] ?? 0) > 1)
    .sort((a, b) => ratio(a) - ratio(b) || (tokens[b] ?? 0) - (tokens[a] ?? 0) || a - b);
}

function totals({ comparison, names }: ReportSubject): string[] {
  const numbers = sides.map((side, n) => {
    const tokens = comparison.tokens[n] ?? 0;
    const perToken = tokens === 0 ? unknown : fixed(comparison.byteLength / tokens, 2);
    return [side, grouped(tokens, language()), perToken];
  });
  return aligned(numbers).map(([side = '', tokens = '', perToken = ''], n) =>
    t('comparing.total', { side, tokens, perToken, name: names[n] ?? '' }),
  );
}

function lineTable(subject: ReportSubject, lines: readonly number[]): string[] {
  const { comparison } = subject;
  const [first, second] = comparison.lineTokens;
  const perToken = (line: number, tokens: number): string =>
    tokens === 0 ? unknown : fixed((comparison.lineBytes[line] ?? 0) / tokens, 2);
  const numbers = lines.map((line) => {
    const [a, b] = [first[line] ?? 0, second[line] ?? 0];
    const difference = `${b > a ? '+' : ''}${String(b - a)}`;
    return [line + 1, a, b, difference, perToken(line, a), perToken(line, b)].map(String);
  });
  const ofBytes = sides.map((side) => t('comparing.bytesOf', { side }));
  const rows = aligned([['#', ...sides, 'B-A', ...ofBytes], ...numbers]);
  return rows.map((row, n) => {
    const line = lines[n - 1];
    const text = line === undefined ? '' : excerpt(subject, line);
    return [...row, text].join('  ').trimEnd();
  });
}

function excerpt({ text, comparison }: ReportSubject, line: number): string {
  const start = comparison.lineStarts[line] ?? 0;
  const whole = text.slice(start, comparison.lineStarts[line + 1]).trim();
  const characters = Array.from(whole.slice(0, 2 * excerptLength)).slice(0, excerptLength);
  const shown = characters.join('').replaceAll(/[\t\r]/g, ' ');
  return shown.length < whole.length ? `${shown}…` : shown;
}

/** Columns right-aligned, of characters that are one column wide. */
function aligned(rows: readonly (readonly string[])[]): string[][] {
  const widths = (rows[0] ?? []).map((_, n) =>
    Math.max(...rows.map((row) => (row[n] ?? '').length)),
  );
  return rows.map((row) => row.map((cell, n) => cell.padStart(widths[n] ?? 0)));
}
