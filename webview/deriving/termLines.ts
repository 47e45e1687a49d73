/** A sum of many terms as a few lines: the largest, and the others as one number, so that the sum stays exact. */
import type { LedgerLine } from '../picture/ledger';
import type { Inspector } from '../view';

export function termLines(
  { t }: Pick<Inspector, 't'>,
  terms: readonly LedgerLine[],
  count = 6,
): readonly LedgerLine[] {
  const sorted = terms.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = sorted.slice(count);
  if (rest.length === 0) return sorted;
  const others = { label: t('inspector.others', { n: rest.length }), value: sumOf(rest) };
  return [...sorted.slice(0, count), others];
}

export function sumOf(terms: readonly Pick<LedgerLine, 'value'>[]): number {
  return terms.reduce((sum, { value }) => sum + value, 0);
}

/** The few terms that are known of a sum whose value the engine told: what is missing is the others. */
export function knownLines(
  { t }: Pick<Inspector, 't'>,
  terms: readonly LedgerLine[],
  { total, count }: { readonly total: number; readonly count: number },
): readonly LedgerLine[] {
  const rest = count - terms.length;
  if (rest <= 0) return terms;
  return [...terms, { label: t('inspector.others', { n: rest }), value: total - sumOf(terms) }];
}
