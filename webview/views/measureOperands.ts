/** The pointed number of a map that is made of several: each head's or block's own share, and how they become one. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionMapOf } from '../../src/protocol/runs';
import { namedFormula } from '../formula';
import { numberName, type NumberName } from '../numberPlace';
import { at, range } from '../picture/at';
import { ledger, type LedgerLine, type LedgerTotal } from '../picture/ledger';
import { percent } from '../picture/numbers';
import type { Inspector } from '../view';
import { mapName, mapOf, wantedMap } from './attentionMeasure';
import { cellNow } from './headNumbers';

export function measureOperands(inspector: Inspector): TemplateResult | undefined {
  const wanted = wantedMap(inspector);
  const [query, key] = cellNow(inspector);
  const value = valueAt(inspector, wanted);
  const made =
    inspector.place.value.over === 'head'
      ? product(inspector, wanted)
      : shares(inspector, wanted, value);
  if (value === undefined || made === undefined) return undefined;
  return html`<p class="what">
      <code>${mapName(wanted)}[${[...index(wanted), query, key].join(', ')}]</code>
    </p>
    ${made} ${wanted.kind === 'contributions' ? shareOfRow(inspector, wanted, value) : nothing}`;
}

function index({ head }: AttentionMapOf): readonly number[] {
  return head === undefined ? [] : [head];
}

/** α × ‖v W_O‖ of one head. */
function product(inspector: Inspector, wanted: AttentionMapOf): TemplateResult | undefined {
  const { numbers, labels } = inspector;
  const [, key] = cellNow(inspector);
  const norms = numbers.ask('attentionMap', wanted)?.norms;
  const weight = valueAt(inspector, { ...wanted, kind: 'weights' });
  const value = valueAt(inspector, wanted);
  if (!norms || weight === undefined || value === undefined) return undefined;
  const { block, head } = wanted;
  const left =
    head === undefined
      ? undefined
      : numberName(`blocks.${String(block)}.attn.pattern`, [head, ...cellNow(inspector)]);
  const line = {
    label: labels.token(key),
    left: weight,
    right: at(norms, key),
    links: { left },
  };
  return html`<p class="dim small">${namedFormula('contributionParts', 'α × ‖v W_O‖')}</p>
    ${ledger(
      [{ ...line, value: weight * at(norms, key) }],
      [{ label: inspector.t('attention.measure.contributions'), value, result: true }],
    )}`;
}

/** What the heads of the block, or the blocks of the model, have at the pointed cell. */
function shares(
  inspector: Inspector,
  wanted: AttentionMapOf,
  value: number | undefined,
): TemplateResult | undefined {
  const { t, subject, place } = inspector;
  const { heads, layers } = subject.value.model.config;
  const { block } = place.value;
  const { kind } = wanted;
  const isBlock = wanted.block !== undefined;
  const parts: AttentionMapOf[] = isBlock
    ? range(heads).map((head) => ({ kind, block, head }))
    : range(layers).map((each) => ({ kind, block: each }));
  const values = parts.map((part) => valueAt(inspector, part));
  if (value === undefined || values.some((each) => each === undefined)) return undefined;
  const known = values as readonly number[];
  const lines: LedgerLine[] = known.map((each, i) => ({
    label: isBlock ? t('inspector.headN', { n: i }) : t('inspector.blockN', { n: i }),
    value: each,
    links: { value: cellName(parts[i], cellNow(inspector)) },
  }));
  const sum = known.reduce((total, each) => total + each, 0);
  const isJoint = isBlock && kind === 'contributions';
  const totals: LedgerTotal[] = [
    { label: '∑', value: sum },
    {
      label: isJoint ? t('attention.joint') : `÷ ${String(known.length)}`,
      value,
      result: true,
    },
  ];
  return html`${ledger(lines, totals)}
  ${isJoint ? html`<p class="dim small">${t('attention.jointSays')}</p>` : nothing}`;
}

function cellName(
  part: AttentionMapOf | undefined,
  cell: readonly [number, number],
): NumberName | undefined {
  return part && numberName(mapName(part), [...index(part), ...cell]);
}

/** How much of all that reaches the query that is. */
function shareOfRow(
  inspector: Inspector,
  wanted: AttentionMapOf,
  value: number,
): TemplateResult | typeof nothing {
  const { length } = inspector.subject.value;
  const [query] = cellNow(inspector);
  const row = mapOf(inspector, wanted)?.values.subarray(query * length, (query + 1) * length);
  const sum = row?.reduce((total, each) => total + each, 0) ?? 0;
  if (sum === 0) return nothing;
  return html`<p class="dim small">
    ${inspector.t('attention.shareOfRow', { p: percent(value / sum) })}
  </p>`;
}

function valueAt(inspector: Inspector, wanted: AttentionMapOf): number | undefined {
  const [query, key] = cellNow(inspector);
  const map = mapOf(inspector, wanted);
  return map && at(map.values, query * inspector.subject.value.length + key);
}
