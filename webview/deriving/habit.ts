/** What a head does on a text, down to its weights: the mean over the queries, and the entropy of a row. */
import { html } from 'lit';
import type { Place } from '../../src/protocol/panelApi';
import { numberName, type NumberName } from '../numberPlace';
import { at, range } from '../picture/at';
import { ledger, type LedgerLine } from '../picture/ledger';
import type { Inspector } from '../view';
import { habitKinds } from '../views/headHabits';
import type { Derivation } from './derivation';
import { sumOf, termLines } from './termLines';

const digits = 4;

export function habit(
  inspector: Inspector,
  [kind = '', block = '', head = '']: readonly string[],
): Derivation {
  const { numbers, t } = inspector;
  const statistics = numbers.ask('headStatistics', { block: Number(block) });
  const name = `blocks.${block}.attn.pattern`;
  const pattern = numbers.activation(name, [Number(head)])?.values;
  const place = placeOfHead(Number(block), Number(head));
  if (!statistics || !pattern) return { content: undefined, place };
  const weights: Weights = { pattern, name, head: Number(head) };
  const measure = [...habitKinds, 'entropy' as const].find((each) => each === kind);
  if (measure === undefined) return { content: undefined, place };
  const { terms, count } =
    measure === 'entropy' ? entropies(inspector, weights) : cells(inspector, measure, weights);
  const told = statistics[measure === 'entropy' ? 'entropyBits' : measure];
  const result = { label: t('deriving.queries', { n: count }), value: at(told, Number(head)) };
  const totals = [
    { label: '∑', value: sumOf(terms) },
    { ...result, result: true as const },
  ];
  return {
    content: html`<p class="dim small">${t(`deriving.habit.${measure}`)}</p>
      ${ledger(termLines(inspector, terms), totals, { digits })}`,
    place,
  };
}

interface Weights {
  /** [Q, K] */
  readonly pattern: Float32Array;
  readonly name: string;
  readonly head: number;
}

interface Terms {
  readonly terms: readonly LedgerLine[];
  /** Queries that the mean is over. */
  readonly count: number;
}

/** The cells that a habit is about, with the queries that have any: position 0 sees itself alone and is left out. */
function cells(
  { subject, labels }: Inspector,
  kind: (typeof habitKinds)[number],
  { pattern, name, head }: Weights,
): Terms {
  const { length, run } = subject.value;
  const keysOf = (query: number): readonly number[] => {
    if (kind === 'previous') return [query - 1];
    if (kind === 'first') return [0];
    if (kind === 'itself') return [query];
    const earlier = range(query).filter((key) => run.ids[key] === run.ids[query]);
    return kind === 'same' ? earlier : earlier.map((key) => key + 1);
  };
  const rows = range(length)
    .slice(1)
    .map((query) => ({ query, keys: keysOf(query) }))
    .filter(({ keys }) => keys.length > 0);
  const terms = rows.flatMap(({ query, keys }) =>
    keys.map((key) => ({
      label: html`${labels.tokenChip(query)} → ${labels.tokenChip(key)}`,
      value: at(pattern, query * length + key),
      links: { value: numberName(name, [head, query, key]) },
    })),
  );
  return { terms, count: rows.length };
}

function entropies({ subject, labels }: Inspector, { pattern, name, head }: Weights): Terms {
  const { length } = subject.value;
  const terms = range(length)
    .slice(1)
    .map((query) => ({
      label: labels.tokenChip(query),
      value: bitsOf(pattern.subarray(query * length, (query + 1) * length)),
      links: { value: rowName(name, head, query) },
    }));
  return { terms, count: terms.length };
}

function rowName(name: string, head: number, query: number): NumberName {
  return `entropy(${numberName(name, [head, query])})`;
}

function bitsOf(row: Float32Array): number {
  return row.reduce((sum, weight) => sum + surprise(weight), 0);
}

/** w · log₂ 1/w; 0 · log 0 is 0 in the limit. */
function surprise(weight: number): number {
  return weight > 0 ? -weight * Math.log2(weight) : 0;
}

/** The entropy of the weights of one query. */
export function rowEntropy(
  inspector: Inspector,
  [name = '', block = '', head = '', query = '']: readonly string[],
): Derivation {
  const { numbers, labels, subject } = inspector;
  const row = numbers.activation(name, [Number(head), Number(query)])?.values;
  const token = Number(query) + subject.value.run.dropped;
  const place = { ...placeOfHead(Number(block), Number(head)), token };
  if (!row) return { content: undefined, place };
  const terms = [...row].map((weight, key) => ({
    label: labels.tokenChip(key),
    left: weight,
    right: weight > 0 ? -Math.log2(weight) : 0,
    value: surprise(weight),
    links: { left: numberName(name, [Number(head), Number(query), key]) },
  }));
  const result = { label: '∑ w · log₂ 1/w', value: bitsOf(row), result: true } as const;
  return { content: html`${ledger(termLines(inspector, terms), [result], { digits })}`, place };
}

function placeOfHead(block: number, head: number): Partial<Place> {
  const map = { drawn: 'matrix', measure: 'weights', over: 'head', cell: undefined } as const;
  return { step: 'attend', open: true, stage: 3, block, head, ...map };
}
