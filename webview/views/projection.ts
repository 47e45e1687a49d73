/** One number of a query, key or value written out: the normalised hidden state times one column of the weights. */
import { html, nothing, type TemplateResult } from 'lit';
import { numberName } from '../numberPlace';
import { at } from '../picture/at';
import { ledger, topProducts, type LedgerLine } from '../picture/ledger';
import type { Inspector } from '../view';
import { weightName } from '../weightName';

export interface Projected {
  readonly what: 'q' | 'k' | 'v';
  readonly position: number;
  /** Channel within the head. */
  readonly dimension: number;
}

export function projection(
  inspector: Inspector,
  { what, position, dimension }: Projected,
): TemplateResult | typeof nothing {
  const { numbers, place, subject, t } = inspector;
  const { block, head } = place.value;
  const { model } = subject.value;
  const { width, headSize, heads, keyValueHeads, normPlace, position: positions } = model.config;
  // Rotated or shared projections are more than one product with a column; they are not written out.
  if (positions === 'rotary' || keyValueHeads !== heads) return nothing;
  // GPT-2 keeps the three projections side by side in one matrix [C, 3C].
  const column = ['q', 'k', 'v'].indexOf(what) * width + head * headSize + dimension;
  const name = weightName(model, `h.${String(block)}.attn.c_attn.weight`);
  const biasName = weightName(model, `h.${String(block)}.attn.c_attn.bias`);
  if (name === undefined) return nothing;
  const read = normPlace === 'pre' ? 'ln1.normalized' : 'resid_pre';
  const x = numbers.activation(`blocks.${String(block)}.${read}`, [position]);
  const weights = numbers.ask('weight', { name, columns: [column, column + 1] });
  const bias = biasName ? numbers.weight(biasName) : undefined;
  const result = numbers.activation(`blocks.${String(block)}.attn.${what}`, [position, head]);
  if (!x || !weights || !result || (biasName && !bias)) return nothing;
  const { top, others } = topProducts(x.values, weights.values);
  const lines: LedgerLine[] = top.map(({ index, left, right, value }) => ({
    label: `x̂ ${String(index)}`,
    left,
    right,
    value,
    links: { left: numberName(`blocks.${String(block)}.${read}`, [position, index]) },
  }));
  lines.push({ label: t('inspector.others', { n: others.count }), value: others.sum });
  if (bias) lines.push({ label: 'b', value: at(bias.values, column) });
  return html`<h3 class="small">
      <span class="role ${what}">${what}</span> = x̂ W${bias ? ' + b' : ''}
      <code>[${position}, ${head}, ${dimension}]</code>
    </h3>
    ${ledger(lines, [
      {
        label: what,
        value: at(result.values, dimension),
        result: true,
        link: numberName(`blocks.${String(block)}.attn.${what}`, [...[position, head, dimension]]),
      },
    ])}`;
}
