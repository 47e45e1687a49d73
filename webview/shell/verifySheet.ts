/** The pointed number beside the same number computed again: both with all their digits, and what they come from. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ProductSum, Verification } from '../../src/protocol/runs';
import { ledger, type LedgerLine, type LedgerTotal } from '../picture/ledger';
import { allDigits, grouped, powerOfTen } from '../picture/numbers';
import type { Store } from '../store';

export interface VerifiedCell {
  readonly name: string;
  /** One index for each axis. */
  readonly index: readonly number[];
}

/** Beyond this share of the activation's largest value rounding is no explanation. */
const allowed = 1e-4;

export function verifySheet(store: Store, cell: VerifiedCell | 'nothing'): TemplateResult {
  const { t } = store.inspector;
  return html`<div
    class="sheet verification"
    role="dialog"
    tabindex="-1"
    aria-label=${t('verify.title')}
  >
    <h2>${t('verify.title')}</h2>
    ${cell === 'nothing' ? html`<p>${t('verify.nothing')}</p>` : answer(store, cell)}
  </div>`;
}

function answer(store: Store, { name, index }: VerifiedCell): TemplateResult {
  const found = store.numbers.ask('verify', { name, index });
  return html`<p><code>${name}[${index.join(', ')}]</code></p>
    ${found ? verification(store, found) : waiting(store)}`;
}

function waiting(store: Store): TemplateResult {
  const failure = store.numbers.failure.value;
  return failure
    ? html`<p class="error">${store.failureText(failure)}</p>`
    : html`<p class="dim">${store.inspector.t('verify.computing')}</p>`;
}

function verification({ inspector }: Store, found: Verification): TemplateResult {
  const { t, language } = inspector;
  const { recorded, recomputed, largest, operands, products } = found;
  const difference = Math.abs(recorded - recomputed);
  const share = difference === 0 ? 0 : difference / largest;
  const agrees = share <= allowed;
  return html`<table class="both">
      <tbody>
        ${row(t('verify.recorded', { device: found.device }), allDigits(recorded))}
        ${row(t('verify.recomputed'), allDigits(recomputed))}
        ${row(t('verify.difference'), short(difference))}
        ${row(t('verify.share', { x: allDigits(largest) }), short(share))}
      </tbody>
    </table>
    <p class=${agrees ? 'outcome' : 'outcome error'} role="status">
      ${t(agrees ? 'verify.agree' : 'verify.disagree')}
    </p>
    <p class="dim small">${t('verify.how')}</p>
    <ul class="sources">
      ${operands.map(
        ({ name, count, value }) =>
          html`<li>
            <code>${name}</code>
            <span class="num dim"
              >${
                value === undefined
                  ? t('verify.numbers', { n: grouped(count, language) })
                  : allDigits(value)
              }</span
            >
          </li>`,
      )}
    </ul>
    ${products ? productLedger(inspector, products) : nothing}`;
}

function row(label: string, value: string): TemplateResult {
  return html`<tr>
    <th scope="row">${label}</th>
    <td class="num">${value}</td>
  </tr>`;
}

function short(x: number): string {
  return x === 0 ? '0' : powerOfTen(x, 2);
}

function productLedger(
  { t, language }: Store['inspector'],
  { count, top, others, bias, factor }: ProductSum,
): TemplateResult {
  const lines: LedgerLine[] = top.map(({ index, left, right, product }) => ({
    label: `[${String(index)}]`,
    left,
    right,
    value: product,
  }));
  const rest = count - top.length;
  if (rest > 0) {
    lines.push({ label: t('verify.others', { n: grouped(rest, language) }), value: others });
  }
  if (bias !== 0) lines.push({ label: t('verify.bias'), value: bias });
  const sum = top.reduce((total, { product }) => total + product, others + bias);
  const totals: LedgerTotal[] = [{ label: '∑', value: sum, ...(factor === 1 && { result: true }) }];
  if (factor !== 1) {
    const label = t('verify.factor', { x: allDigits(factor) });
    totals.push({ label, value: sum * factor, result: true });
  }
  return html`<h2>${t('verify.products', { n: grouped(count, language) })}</h2>
    ${ledger(lines, totals, { digits: 6 })}`;
}
