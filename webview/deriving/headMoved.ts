/** How far the weights of a head moved between the sides of a comparison: of each pair of tokens, and key by key. */
import { html } from 'lit';
import type { AlignedPair } from '../../src/protocol/alignment';
import { movedName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName, type NumberName } from '../numberPlace';
import { at, range } from '../picture/at';
import { ledger, type LedgerLine, type LedgerTotal } from '../picture/ledger';
import { fixed } from '../picture/numbers';
import { sideOf } from '../sideOf';
import type { Inspector } from '../view';
import { pairLabel } from '../comparing/compared';
import type { Derivation } from './derivation';
import { sumOf, termLines } from './termLines';

const digits = 4;

export function headMoved(
  inspector: Inspector,
  [block = '', head = '', pair = '']: readonly string[],
): Derivation {
  const name = `blocks.${block}.attn.pattern`;
  const index = [Number(head)];
  const a = inspector.numbers.activation(name, index)?.values;
  const b = sideOf(inspector, 'b').numbers.activation(name, index)?.values;
  const pairs = inspector.other.alignment.value?.pairs;
  const place = { step: 'attend', block: Number(block), head: Number(head) } as const;
  if (!a || !b || !pairs) return { content: undefined, place };
  const lengths = [inspector, sideOf(inspector, 'b')].map(({ subject }) => subject.value.length);
  const [rows = 0, columns = 0] = lengths;
  const moved: Moved = { a, b, rows, columns, pairs, name, head: Number(head) };
  const chosen = pair === '' ? undefined : pairs[Number(pair)];
  const content = chosen
    ? ofPair(inspector, moved, chosen)
    : ofAll(inspector, moved, (each) => movedName(Number(block), Number(head), each));
  return { content, place };
}

interface Moved {
  /** Weights of both sides, [Q, K] each. */
  readonly a: Float32Array;
  readonly b: Float32Array;
  /** Keys of each. */
  readonly rows: number;
  readonly columns: number;
  readonly pairs: readonly AlignedPair[];
  readonly name: string;
  readonly head: number;
}

interface Key {
  readonly pair: AlignedPair;
  readonly was: number;
  readonly is: number;
}

/** The weights of a query on every key of either side; a key that one side does not have weighs nothing there. */
function keysOf({ a, b, rows, columns, pairs }: Moved, query: AlignedPair): readonly Key[] {
  return pairs.map((pair) => {
    const { before, after } = pair;
    const was = before === undefined ? 0 : at(a, (query.before ?? 0) * rows + before);
    const is = after === undefined ? 0 : at(b, (query.after ?? 0) * columns + after);
    return { pair, was, is };
  });
}

function ofPair(inspector: Inspector, moved: Moved, query: AlignedPair) {
  const { name, head } = moved;
  const of = (from: number | undefined, key: number | undefined): NumberName | undefined =>
    from === undefined || key === undefined ? undefined : numberName(name, [head, from, key]);
  const terms = keysOf(moved, query).map(({ pair, was, is }): LedgerLine => ({
    label: html`${pairLabel(inspector, pair)}
      <span class="num small"
        ><span data-side="a">A ${pressed(fixed(was), of(query.before, pair.before))}</span> ·
        <span data-side="b">B ${pressed(fixed(is), of(query.after, pair.after))}</span></span
      >`,
    value: Math.abs(is - was),
  }));
  const sum = sumOf(terms);
  const totals: LedgerTotal[] = [
    { label: '∑ |B − A|', value: sum },
    { label: '÷ 2', value: sum / 2, result: true },
  ];
  return html`<p class="what">${pairLabel(inspector, query)}</p>
    ${ledger(termLines(inspector, terms, 8), totals, { digits })}`;
}

function ofAll(inspector: Inspector, moved: Moved, nameOf: (pair: number) => NumberName) {
  const both = range(moved.pairs.length).flatMap((index) => {
    const pair = moved.pairs[index];
    return pair?.before === undefined || pair.after === undefined ? [] : [{ index, pair }];
  });
  const terms = both.map(({ index, pair }): LedgerLine => ({
    label: pairLabel(inspector, pair),
    value: keysOf(moved, pair).reduce((sum, { was, is }) => sum + Math.abs(is - was), 0) / 2,
    links: { value: nameOf(index) },
  }));
  const sum = sumOf(terms);
  const totals: LedgerTotal[] = [
    { label: '∑', value: sum },
    {
      label: inspector.t('deriving.pairs', { n: both.length }),
      value: sum / both.length,
      result: true,
    },
  ];
  return html`${ledger(termLines(inspector, terms), totals, { digits })}`;
}
