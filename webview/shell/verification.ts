/** A number of the run beside the same number computed again: both with all their digits, and what they come from. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ProductSum, Verification, VerifiedOperand } from '../../src/protocol/runs';
import { pressed } from '../numberLinks';
import { elementOf, numberName, type NumberAt, type NumberName } from '../numberPlace';
import { ledger, type LedgerLine, type LedgerTotal } from '../picture/ledger';
import { allDigits, grouped, powerOfTen } from '../picture/numbers';
import type { Inspector, Subject } from '../view';

/** Beyond this share of the activation's largest value rounding is no explanation. */
const allowed = 1e-4;

export function verification(
  inspector: Inspector,
  { name, index }: NumberAt,
): TemplateResult | undefined {
  const found = inspector.numbers.ask('verify', { name, index });
  return found && answer(inspector, found);
}

function answer(inspector: Inspector, found: Verification): TemplateResult {
  const { t } = inspector;
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
      ${operands.map((operand) => source(inspector, operand))}
    </ul>
    ${products ? productLedger(inspector, products, operands) : nothing}`;
}

/** An operand: one number leads on to itself, a row of them to its elements in the ledger below. */
function source(inspector: Inspector, operand: VerifiedOperand): TemplateResult {
  const { t, language, subject } = inspector;
  const { name, count, value } = operand;
  const single = value === undefined ? undefined : elementOf(operand, 0, headSizeOf(subject.value));
  const link = single && numberName(single.name, single.index);
  return html`<li>
    <code>${name}</code>
    <span class="num dim"
      >${
        value === undefined
          ? t('verify.numbers', { n: grouped(count, language) })
          : pressed(allDigits(value), link, 'stop')
      }</span
    >
  </li>`;
}

function headSizeOf({ model }: Subject): number {
  return model.config.headSize;
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
  inspector: Inspector,
  { count, top, others, bias, factor }: ProductSum,
  operands: readonly VerifiedOperand[],
): TemplateResult {
  const { t, language, subject } = inspector;
  const link = (side: 0 | 1, element: number): NumberName | undefined => {
    const operand = operands[side];
    if (operand?.count !== count) return undefined;
    const at = elementOf(operand, element, headSizeOf(subject.value));
    return at && numberName(at.name, at.index);
  };
  const lines: LedgerLine[] = top.map(({ index, left, right, product }) => ({
    label: `[${String(index)}]`,
    left,
    right,
    value: product,
    links: { left: link(0, index), right: link(1, index) },
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
