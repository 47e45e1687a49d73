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

export function comparisonReport(subject: ReportSubject): string {
  const { comparison, name, names } = subject;
  const [first, second] = comparison.tokens;
  const more = linesOf(subject).length;
  const parts = [
    t('comparing.heading', { name }),
    '',
    totals(subject),
    t('comparing.differences', {
      count: grouped(comparison.starts.length, language()),
      ratio: first === 0 ? '–' : fixed(second / first, 3),
    }),
    '',
    t('comparing.worst', { name: names[0], count: worstListed }),
    lineTable(subject, worstLines(comparison).slice(0, worstListed)),
    '',
    t('comparing.lines'),
    lineTable(subject, linesOf(subject).slice(0, linesListed)),
  ];
  if (more > linesListed)
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

function linesOf({ comparison }: ReportSubject): number[] {
  return [...comparison.lineBytes.keys()];
}

function totals({ comparison, names }: ReportSubject): string {
  const rows = names.map((name, n) => {
    const tokens = comparison.tokens[n] ?? 0;
    const perToken = tokens === 0 ? '–' : fixed(comparison.byteLength / tokens, 2);
    return [name, grouped(tokens, language()), perToken];
  });
  return table([
    [t('comparing.tokenizer'), t('comparing.tokens'), t('comparing.perToken')],
    ...rows,
  ]);
}

function lineTable(subject: ReportSubject, lines: readonly number[]): string {
  const { comparison, names } = subject;
  const [first, second] = comparison.lineTokens;
  const perToken = (line: number, tokens: number): string =>
    tokens === 0 ? '–' : fixed((comparison.lineBytes[line] ?? 0) / tokens, 2);
  const rows = lines.map((line) => {
    const [a, b] = [first[line] ?? 0, second[line] ?? 0];
    const difference = b - a;
    return [
      String(line + 1),
      String(a),
      String(b),
      difference > 0 ? `+${String(difference)}` : fixed(difference, 0),
      perToken(line, a),
      perToken(line, b),
      excerpt(subject, line),
    ];
  });
  const head = [
    t('comparing.line'),
    names[0],
    names[1],
    '±',
    t('comparing.perTokenOf', { name: names[0] }),
    t('comparing.perTokenOf', { name: names[1] }),
    t('comparing.text'),
  ];
  return table([head, ...rows]);
}

function excerpt({ text, comparison }: ReportSubject, line: number): string {
  const start = comparison.lineStarts[line] ?? 0;
  const whole = text.slice(start, comparison.lineStarts[line + 1]).trim();
  const characters = Array.from(whole.slice(0, 2 * excerptLength)).slice(0, excerptLength);
  const shown = characters.join('').replaceAll(/[\t\r]/g, ' ');
  return shown.length < whole.length ? `${shown}…` : shown;
}

/** Columns right-aligned but for the first and the last, and those of words. */
function table(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, n) =>
    Math.max(...rows.map((row) => widthOf(row[n] ?? ''))),
  );
  const last = columns - 1;
  return rows
    .map((row) =>
      row
        .map((cell, n) => {
          const padding = ' '.repeat(Math.max(0, (widths[n] ?? 0) - widthOf(cell)));
          if (n === last && columns > 3) return cell;
          return n === 0 && columns <= 3 ? cell + padding : padding + cell;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Columns that a text takes in a monospaced font: East Asian letters take two. */
function widthOf(text: string): number {
  const wide = text.match(
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g,
  );
  return text.length + (wide?.length ?? 0);
}
