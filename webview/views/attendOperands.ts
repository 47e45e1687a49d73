/** The pointed number of each stage, written out from its operands down to the last product. */
import { html, nothing, type TemplateResult } from 'lit';
import { elementName, numberName, type NumberName } from '../numberPlace';
import { at } from '../picture/at';
import { ledger, topProducts, type LedgerLine, type LedgerTotal } from '../picture/ledger';
import { fixed, powerOfTen } from '../picture/numbers';
import { signedScale } from '../picture/scale';
import { bars } from '../picture/strip';
import type { Inspector } from '../view';
import { isPattern, wantedMap } from './attentionMeasure';
import { channelNow, mixOf } from './attendMix';
import { writesOf } from './attendWrites';
import {
  arePulledByRows,
  cellNow,
  headVector,
  keyValueHead,
  scoreRow,
  type AttentionStage,
} from './headNumbers';
import { maskedIn, maskedSays } from './maskNumbers';
import { measureOperands } from './measureOperands';
import { projection } from './projection';
import { softmax, who } from './softmaxOperands';

export function operands(inspector: Inspector, stage: AttentionStage): TemplateResult | undefined {
  switch (stage) {
    case 'dot':
    case 'scale':
    case 'mask':
      return dotProduct(inspector, stage);
    case 'softmax':
      return weight(inspector);
    case 'mix':
      return mix(inspector);
    case 'output':
    case 'residual':
      return writes(inspector, stage);
  }
}

function dotProduct(
  inspector: Inspector,
  stage: 'dot' | 'scale' | 'mask',
): TemplateResult | undefined {
  const { t, subject, place } = inspector;
  const cell = cellNow(inspector);
  const [query, key] = cell;
  const q = headVector(inspector, 'q', query);
  const k = headVector(inspector, 'k', key);
  const scores = scoreRow(inspector, query);
  if (!q || !k || !scores) return arePulledByRows(inspector) ? who(inspector, cell) : undefined;
  const { headSize } = subject.value.model.config;
  const root = Math.sqrt(headSize);
  const { top, others, total } = topProducts(q, k);
  const { block, head } = place.value;
  const of = (part: string, ...index: readonly number[]): NumberName =>
    numberName(`blocks.${String(block)}.attn.${part}`, index);
  const shared = keyValueHead(inspector);
  const lines: LedgerLine[] = top.map(({ index, left, right, value }) => ({
    label: `${t('inspector.dimension')} ${String(index)}`,
    left,
    right,
    value,
    links: { left: of('q', query, head, index), right: of('k', key, shared, index) },
  }));
  if (others.count > 0)
    lines.push({ label: t('inspector.others', { n: others.count }), value: others.sum });
  const totals = scoreTotals(inspector, stage, total);
  // The engine keeps the scaled score; before the division it is √d times that.
  const scale = stage === 'dot' ? 1 : root;
  const measured = (at(scores, key) * root) / scale;
  const first = top[0];
  return html`${who(inspector, cell)}
    <p class="dim small">${t('inspector.product')}</p>
    ${vectorLine('q', 'q', q)} ${vectorLine('k', 'k', k)}
    ${vectorLine(
      'a',
      '×',
      q.map((x, i) => x * at(k, i)),
    )}
    ${ledger(lines, totals)}
    <p class="dim small">${checked(inspector, total / scale, measured)}</p>
    ${
      place.value.depth === 'mathematics' && first
        ? html`${projection(inspector, { what: 'q', position: query, dimension: first.index })}
          ${projection(inspector, { what: 'k', position: key, dimension: first.index })}`
        : nothing
    }`;
}

/** What becomes of the sum of products up to a stage. */
function scoreTotals(
  inspector: Inspector,
  stage: 'dot' | 'scale' | 'mask',
  total: number,
): LedgerTotal[] {
  const { place, subject } = inspector;
  const { block, head } = place.value;
  const { headSize } = subject.value.model.config;
  const root = Math.sqrt(headSize);
  const [query, key] = cellNow(inspector);
  const name = `blocks.${String(block)}.attn.scores`;
  const result = { result: true, link: numberName(name, [head, query, key]) } as const;
  if (stage === 'dot') return [{ label: 'q · k', value: total, ...result }];
  const totals: LedgerTotal[] = [
    { label: 'q · k', value: total },
    { label: `÷ √${String(headSize)} = ${fixed(root)}`, value: total / root, ...result },
  ];
  if (stage === 'mask' && maskedIn(inspector)(query, key))
    totals.push({ label: maskedSays(inspector), value: '−∞', result: true });
  return totals;
}

/** Bars of one vector of a head; q and k have a scale each, so that their shapes can be compared. */
function vectorLine(role: string, name: string, values: Float32Array): TemplateResult {
  return html`<div class="vector-line">
    <span class="role ${role}">${name}</span>
    ${bars(values, { width: 240, height: 26, scale: signedScale(values) })}
  </div>`;
}

/** The sum above is made here in float64; the engine's own number came another way. */
function checked({ t }: Inspector, recomputed: number, measured: number): string {
  const difference = Math.abs(recomputed - measured);
  return t('inspector.recomputed', {
    x: fixed(recomputed, 4),
    d: difference === 0 ? '0' : powerOfTen(difference),
  });
}

/** The pointed number of the map on show at softmax. */
function weight(inspector: Inspector): TemplateResult | undefined {
  const cell = cellNow(inspector);
  if (maskedIn(inspector)(...cell))
    return html`${who(inspector, cell)}
      <p>${maskedSays(inspector)}: <b class="num">0</b></p>`;
  return isPattern(wantedMap(inspector))
    ? softmax(inspector)
    : html`${who(inspector, cell)} ${measureOperands(inspector)}`;
}

function mix(inspector: Inspector): TemplateResult | undefined {
  const { t, labels, place } = inspector;
  const current = mixOf(inspector);
  if (!current) return undefined;
  const { sources, others, z, query } = current;
  const channel = channelNow(inspector);
  const { block, head, depth } = place.value;
  const shared = keyValueHead(inspector);
  const lines: LedgerLine[] = sources.map(({ key, weight, value }) => ({
    label: labels.token(key),
    left: weight,
    right: at(value, channel),
    value: weight * at(value, channel),
    links: {
      left: numberName(`blocks.${String(block)}.attn.pattern`, [head, query, key]),
      right: numberName(`blocks.${String(block)}.attn.v`, [key, shared, channel]),
    },
  }));
  const total = at(z, channel);
  const shown = lines.reduce((sum, { value }) => sum + value, 0);
  if (others.count > 0)
    lines.push({ label: t('inspector.others', { n: others.count }), value: total - shown });
  const name = `blocks.${String(block)}.attn.z[${[query, head, channel].join(', ')}]`;
  const strongest = sources.reduce<number | undefined>(
    (best, { key, weight }) =>
      best === undefined || weight > (sources.find((each) => each.key === best)?.weight ?? 0)
        ? key
        : best,
    undefined,
  );
  return html`<p class="what"><code>${name}</code></p>
    ${ledger(lines, [
      {
        label: 'z',
        value: total,
        result: true,
        link: numberName(`blocks.${String(block)}.attn.z`, [query, head, channel]),
      },
    ])}
    ${
      depth === 'mathematics' && strongest !== undefined
        ? projection(inspector, { what: 'v', position: strongest, dimension: channel })
        : nothing
    }`;
}

function writes(inspector: Inspector, stage: 'output' | 'residual'): TemplateResult | undefined {
  const rows = writesOf(inspector, stage);
  const total = rows?.at(-1);
  if (!rows || !total) return undefined;
  const { pointed, place } = inspector;
  const channel = pointed.value?.channel ?? place.value.channel;
  const [query] = cellNow(inspector);
  const name = `blocks.${String(place.value.block)}.${total.label}[${String(query)}, ${String(channel)}]`;
  return html`<p class="what"><code>${name}</code></p>
    ${ledger(
      rows.slice(0, -1).map(({ label, values, from }) => ({
        label,
        value: at(values, channel),
        links: { value: from && elementName(from, channel) },
      })),
      [
        {
          label: total.label,
          value: at(total.values, channel),
          result: true,
          link: total.from && elementName(total.from, channel),
        },
      ],
    )}`;
}
