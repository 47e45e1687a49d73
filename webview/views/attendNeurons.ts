/**
 * The neuron view: the query of one token against the keys that it sees, element by element, and for the pointed pair the
 * products with their running sum, which ends at q·k.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { numberName } from '../numberPlace';
import { at } from '../picture/at';
import { follow } from '../picture/follow';
import { fixed } from '../picture/numbers';
import { columnAt } from '../picture/pointer';
import { signedScale, type SignedScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { bars } from '../picture/strip';
import type { Inspector } from '../view';
import { watch } from '../watch';
import { channelNow } from './attendMix';
import { cellNow, headVector, keyValueHead, restingCell, rowOf } from './headNumbers';
import { maskedIn, maskedSays, seenKeys } from './maskNumbers';
import { vectorTwin } from './vectorTwin';

/** Keys shown one by one. */
const mostKeys = 12;
const rowHeight = 20;

/** One key beside the query. */
interface KeyRow {
  readonly key: number;
  readonly k: Float32Array;
  /** q × k element by element, [D]. */
  readonly products: Float32Array;
  readonly weight: number;
}

interface Scales {
  readonly query: SignedScale;
  readonly keys: SignedScale;
  readonly products: SignedScale;
}

export function attendNeurons(inspector: Inspector, room: number): TemplateResult | typeof nothing {
  const { t, labels, subject, place } = inspector;
  const [query] = restingCell(inspector);
  const q = headVector(inspector, 'q', query);
  const rows = q && rowsOf(inspector, query, q);
  if (!q || !rows) return nothing;
  if (place.value.table) return html`${watch(() => pair(inspector, room))}`;
  const scales: Scales = {
    query: signedScale(q),
    keys: signedScale(...rows.map(({ k }) => k)),
    products: signedScale(...rows.map(({ products }) => products)),
  };
  const width = Math.max(56, Math.floor((room - (room < 480 ? 150 : 206)) / 2));
  const hidden = seenKeys(inspector, query).filter((key) => !rows.some((row) => row.key === key));
  const { headSize } = subject.value.model.config;
  return html`<div
      class="neuron-view"
      tabindex="0"
      role="application"
      data-focus="neurons-qk"
      aria-label=${t('attention.neurons', { q: labels.plain(query), d: headSize })}
    >
      <div class="nrow">
        <span class="role q">q ${labels.token(query)}</span>
        ${picture(inspector, q, { width, scale: scales.query })}
      </div>
      <div class="nrow headrow">
        <span>${t('inspector.key')}</span><span>k [${headSize}]</span
        ><span>q × k [${headSize}]</span><span class="num">q·k</span
        ><span class="num">${t('inspector.weight')}</span>
      </div>
      ${rows.map((row) => keyRow(inspector, { query, row, width, scales }))}
      ${
        hidden.length > 0
          ? html`<p class="dim small">${t('inspector.others', { n: hidden.length })}</p>`
          : nothing
      }
    </div>
    <div class="legend">
      ${scaleBar(scales.query, t, 'q')} ${scaleBar(scales.keys, t, 'k')}
      ${scaleBar(scales.products, t, 'q × k')}
    </div>
    ${watch(() => pair(inspector, room))}`;
}

/** The keys that the query weighs most and the locked one, in order of position; undefined until all are there. */
function rowsOf(
  inspector: Inspector,
  query: number,
  q: Float32Array,
): readonly KeyRow[] | undefined {
  const weights = rowOf(inspector, query);
  if (!weights) return undefined;
  const seen = seenKeys(inspector, query);
  const strongest = seen.toSorted((a, b) => at(weights, b) - at(weights, a)).slice(0, mostKeys);
  const keys = [...new Set([...strongest, restingCell(inspector)[1]])].sort((a, b) => a - b);
  const rows: KeyRow[] = [];
  for (const key of keys) {
    const k = headVector(inspector, 'k', key);
    if (k) rows.push({ key, k, products: productsOf(q, k), weight: at(weights, key) });
  }
  return rows.length === keys.length ? rows : undefined;
}

function productsOf(q: Float32Array, k: Float32Array): Float32Array {
  return q.map((x, d) => x * at(k, d));
}

interface DrawnRow {
  readonly query: number;
  readonly row: KeyRow;
  readonly width: number;
  readonly scales: Scales;
}

function keyRow(inspector: Inspector, { query, row, width, scales }: DrawnRow): TemplateResult {
  const { labels, point, set, subject, place } = inspector;
  const { key, k, products, weight } = row;
  const cell = [query, key] as const;
  const isPointed = (): boolean => cellNow(inspector)[1] === key;
  const isMasked = maskedIn(inspector)(query, key);
  const { block, head } = place.value;
  const open = (part: 'scores' | 'pattern') =>
    numberName(`blocks.${String(block)}.attn.${part}`, [head, ...cell]);
  return html`<div
    class="nrow"
    data-key=${key}
    ${follow(() => ({ background: isPointed() ? 'var(--band-b)' : '' }))}
    @mouseenter=${() => {
      const weights = rowOf(inspector, query);
      point({ cell, ...(weights && { weights }) });
    }}
    @mouseleave=${() => {
      point(undefined);
    }}
    @click=${() => {
      set({ cell, token: query + subject.value.run.dropped });
    }}
  >
    <span>${labels.token(key)}</span>
    ${picture(inspector, k, { width, scale: scales.keys, cell })}
    ${picture(inspector, products, { width, scale: scales.products, cell })}
    <span class="num" data-number=${open('scores')}>${fixed(sumOf(products), 2)}</span>
    <span class="num" data-number=${isMasked ? nothing : open('pattern')}
      >${isMasked ? fixed(Number.NaN) : fixed(weight)}</span
    >
  </div>`;
}

interface Picture {
  readonly width: number;
  readonly scale: SignedScale;
  readonly cell?: readonly [number, number];
  readonly height?: number;
}

/** Bars of a vector of the head; pointing at one points at its dimension. */
function picture(
  inspector: Inspector,
  values: Float32Array,
  { width, scale, cell, height = rowHeight }: Picture,
): TemplateResult {
  const { point, set, pointed } = inspector;
  return html`<span
    class="dims"
    @mousemove=${(event: MouseEvent) => {
      const pair = cell ?? pointed.peek()?.cell ?? restingCell(inspector);
      const weights = rowOf(inspector, pair[0]);
      const channel = columnAt(event, values.length);
      point({ cell: pair, channel, ...(weights && { weights }) });
    }}
    @click=${(event: MouseEvent) => {
      set({ channel: columnAt(event, values.length) });
    }}
    >${bars(values, { width, height, scale, cursor: () => channelNow(inspector) })}</span
  >`;
}

/** The pointed pair: q, k, their products and the sum up to each dimension. */
function pair(inspector: Inspector, room: number): TemplateResult | typeof nothing {
  const { t, labels, place } = inspector;
  const [query, key] = cellNow(inspector);
  const q = headVector(inspector, 'q', query);
  const k = headVector(inspector, 'k', key);
  if (!q || !k) return nothing;
  const products = productsOf(q, k);
  const running = runningSum(products);
  const { block, head } = place.value;
  const of = `blocks.${String(block)}.attn`;
  const vectors = [
    { label: 'q', values: q, from: numberName(`${of}.q`, [query, head]) },
    { label: 'k', values: k, from: numberName(`${of}.k`, [key, keyValueHead(inspector)]) },
    { label: 'q × k', values: products },
    { label: `∑ q × k`, values: running },
  ];
  const table = vectorTwin(inspector, t('attention.pair'), vectors);
  if (place.value.table) return html`${table}`;
  const d = channelNow(inspector);
  const width = Math.max(120, room - 70);
  const isMasked = maskedIn(inspector)(query, key);
  return html`<section class="qk-pair">
    <h2>
      <span class="role q">q</span> ${labels.tokenChip(query)} ·
      <span class="role k">k</span> ${labels.tokenChip(key)}
      ${isMasked ? html`<small class="dim">${maskedSays(inspector)}</small>` : nothing}
    </h2>
    ${vectors.map(
      ({ label, values }) =>
        html`<div class="qk-row">
          <span class="num dim">${label}</span>
          ${picture(inspector, values, { width, scale: signedScale(values), cell: [query, key], height: 26 })}
        </div>`,
    )}
    <p class="num pair-says" data-sum=${at(running, running.length - 1)}>
      ${t('inspector.dimension')} ${d}: ${fixed(at(q, d))} × ${fixed(at(k, d))} =
      ${fixed(at(products, d))} · ${t('attention.running', { x: fixed(at(running, d)) })} ·
      <b>q·k = ${fixed(at(running, running.length - 1))}</b>
    </p>
    ${table}
  </section>`;
}

/** Σ of the products up to and with each dimension, in float64 as the ledger has it. */
function runningSum(products: Float32Array): Float32Array {
  let sum = 0;
  return products.map((product) => (sum += product));
}

function sumOf(products: Float32Array): number {
  return products.reduce((sum, product) => sum + product, 0);
}
