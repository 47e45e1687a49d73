/** The share of a part of the last hidden state in a token's logit: the part along the direction that the logit reads. */
import { html } from 'lit';
import { elementName, numberAt, placeOf, type NumberName } from '../numberPlace';
import { at } from '../picture/at';
import { ledger, topProducts, type LedgerLine } from '../picture/ledger';
import { fixed } from '../picture/numbers';
import type { Inspector } from '../view';
import type { Derivation } from './derivation';
import { finalNormOf, type FinalNorm } from './finalNorm';
import { unembeddingRow, vectorOf } from './vectorNumbers';

const digits = 4;

/** Direct logit attribution (Elhage et al. 2021): the norm's scale is held at its actual value. */
export function logitShare(
  inspector: Inspector,
  [vector = '', id = '']: readonly string[],
): Derivation {
  const { numbers, subject, labels, place: where, t } = inspector;
  const { run, model } = subject.value;
  const named = numberAt(vector);
  const [position = 0] = named?.index ?? [];
  const place =
    named &&
    placeOf({ name: named.name, index: [...named.index, where.value.channel] }, run.dropped);
  const last = `blocks.${String(model.config.layers - 1)}.resid_post`;
  const values = vectorOf(inspector, vector);
  const state = numbers.activation(last, [position])?.values;
  const row = unembeddingRow(inspector, Number(id));
  const norm = state && finalNormOf(inspector, state);
  if (!values || !row || !norm) return { content: undefined, place };
  const { top, others, total } = topProducts(values, directionOf(norm, row), 6);
  const lines: LedgerLine[] = top.map(({ index, left, right, value }) => ({
    label: `${t('inspector.dimension')} ${String(index)}`,
    left,
    right,
    value,
    links: { left: elementName(vector satisfies NumberName, index) },
  }));
  if (others.count > 0)
    lines.push({ label: t('inspector.others', { n: others.count }), value: others.sum });
  return {
    content: html`<p class="what"><code>${vector}</code> → ${labels.chip(Number(id))}</p>
      <p class="dim small">
        ${t(norm.isCentred ? 'deriving.directionCentred' : 'deriving.direction', { x: fixed(norm.scale, digits) })}
      </p>
      ${ledger(lines, [{ label: '∑', value: total, result: true }], { digits })}`,
    place,
  };
}

/** γ ∘ u at the norm's scale, less its mean where the norm takes the part's mean away. */
function directionOf({ weight, scale, isCentred }: FinalNorm, row: Float32Array): Float64Array {
  const direction = Float64Array.from(row, (value, i) => value * at(weight, i) * scale);
  const mean = isCentred ? direction.reduce((sum, value) => sum + value, 0) / direction.length : 0;
  return direction.map((value) => value - mean);
}
