import { html, nothing, type TemplateResult } from 'lit';

import { at } from './at';
import { pressed } from '../numberLinks';
import type { NumberName } from '../numberPlace';
import { fixed } from './numbers';

/** A calculation written out: one line per operand, a rule, the result. */
export type LedgerLine = LedgerNumber | (LedgerNumber & LedgerProduct);

interface LedgerNumber {
  readonly label: LedgerLabel;
  readonly value: number;
  readonly links?: LedgerLinks;
}

interface LedgerProduct {
  readonly left: number;
  readonly right: number;
}

/** The names of the numbers; a press shows what they are computed from. */
export interface LedgerLinks {
  readonly left?: NumberName | undefined;
  readonly right?: NumberName | undefined;
  readonly value?: NumberName | undefined;
}

/** A total under the rule; a string is written as it is (such as −∞). */
export interface LedgerTotal {
  readonly label: LedgerLabel;
  readonly value: number | string;
  /** The number the whole calculation is for. */
  readonly result?: true;
  readonly link?: NumberName | undefined;
}

export type LedgerLabel = string | TemplateResult;

export interface LedgerStyle {
  readonly digits?: number;
  /** Sign between the operands, × by default. */
  readonly joint?: string;
}

export function ledger(
  lines: readonly LedgerLine[],
  totals: readonly LedgerTotal[],
  { digits = 3, joint = '×' }: LedgerStyle = {},
): TemplateResult {
  return html`<table class="ledger">
    <tbody>
      ${lines.map((line) => ledgerLine(line, digits, joint))}
    </tbody>
    <tfoot>
      ${totals.map(
        ({ label, value, result, link }) =>
          html`<tr class=${result ? 'result' : nothing}>
            <th scope="row" colspan="5">${label}</th>
            <td class="product">
              ${pressed(typeof value === 'string' ? value : fixed(value, digits), link, 'stop')}
            </td>
          </tr>`,
      )}
    </tfoot>
  </table>`;
}

function ledgerLine(line: LedgerLine, digits: number, joint: string): TemplateResult {
  const { links } = line;
  const product = html`<td class="product">
    ${pressed(fixed(line.value, digits), links?.value)}
  </td>`;
  if (!('left' in line)) {
    return html`<tr>
      <th scope="row" colspan="5">${line.label}</th>
      ${product}
    </tr>`;
  }
  return html`<tr>
    <th scope="row">${line.label}</th>
    <td>${pressed(fixed(line.left, digits), links?.left)}</td>
    <td class="op">${joint}</td>
    <td>${pressed(fixed(line.right, digits), links?.right)}</td>
    <td class="op">=</td>
    ${product}
  </tr>`;
}

/** The largest products of a dot product, and the rest as one number, so that the sum stays exact. */
export interface Products {
  readonly top: readonly {
    readonly index: number;
    readonly left: number;
    readonly right: number;
    readonly value: number;
  }[];
  readonly others: { readonly count: number; readonly sum: number };
  /** Σ of all products in float64. */
  readonly total: number;
}

/** Splits left · right into its `count` products of largest magnitude and the others. */
export function topProducts(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  count = 4,
): Products {
  const products = Array.from(left, (x, index) => {
    const y = at(right, index);
    return { index, left: x, right: y, value: x * y };
  });
  const sorted = products.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = sorted.slice(count);
  const sum = (items: readonly { readonly value: number }[]): number =>
    items.reduce((total, { value }) => total + value, 0);
  return {
    top: sorted.slice(0, count),
    others: { count: rest.length, sum: sum(rest) },
    total: sum(products),
  };
}
