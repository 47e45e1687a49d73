/** How far two vectors are apart that stand on either side of a comparison, down to their elements. */
import { html } from 'lit';
import { pressed } from '../numberLinks';
import { elementName, type NumberName } from '../numberPlace';
import { at, cosine, norm, range } from '../picture/at';
import { ledger, type LedgerLine, type LedgerTotal } from '../picture/ledger';
import { fixed } from '../picture/numbers';
import { sideOf } from '../sideOf';
import type { Inspector } from '../view';
import type { Derivation } from './derivation';
import { termLines } from './termLines';
import { vectorOf } from './vectorNumbers';

const digits = 4;

export function vectorsApart(inspector: Inspector, names: readonly string[]): Derivation {
  const both = vectorsOf(inspector, names);
  if (!both) return { content: undefined };
  const { a, b } = both;
  const terms = range(a.length).map((i): LedgerLine => {
    const moved = at(b, i) - at(a, i);
    return { label: elements(inspector, both, i), left: moved, right: moved, value: moved ** 2 };
  });
  const distance = norm(a.map((value, i) => at(b, i) - value));
  const totals: LedgerTotal[] = [
    { label: '∑', value: distance ** 2 },
    { label: '√∑ = ‖B − A‖', value: distance, result: true },
    { label: '‖B − A‖ ÷ ‖A‖', value: distance / norm(a) },
  ];
  return { content: html`${ledger(termLines(inspector, terms), totals, { digits })}` };
}

export function cosineAcross(inspector: Inspector, names: readonly string[]): Derivation {
  const both = vectorsOf(inspector, names);
  if (!both) return { content: undefined };
  const { a, b } = both;
  const terms = range(a.length).map((i): LedgerLine => {
    const [left, right] = [at(a, i), at(b, i)];
    return { label: elements(inspector, both, i), left, right, value: left * right };
  });
  const totals: LedgerTotal[] = [
    { label: '∑', value: terms.reduce((sum, { value }) => sum + value, 0) },
    { label: '÷ ‖A‖', value: norm(a) },
    { label: '÷ ‖B‖', value: norm(b) },
    { label: 'cos', value: cosine(a, b), result: true },
  ];
  return { content: html`${ledger(termLines(inspector, terms), totals, { digits })}` };
}

interface Both {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly names: readonly [a: NumberName, b: NumberName];
}

function vectorsOf(
  inspector: Inspector,
  [first = '', second = '']: readonly string[],
): Both | undefined {
  const a = vectorOf(inspector, first);
  const b = vectorOf(sideOf(inspector, 'b'), second);
  return a && b && a.length === b.length ? { a, b, names: [first, second] } : undefined;
}

/** The element with what it is on either side, each leading on there. */
function elements({ t }: Inspector, { a, b, names }: Both, index: number) {
  const [first, second] = names.map((name) => elementName(name, index));
  return html`${t('inspector.dimension')} ${index}
    <span class="num small"
      ><span data-side="a">A ${pressed(fixed(at(a, index)), first)}</span> ·
      <span data-side="b">B ${pressed(fixed(at(b, index)), second)}</span></span
    >`;
}
