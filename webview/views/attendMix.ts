/** Stage "mix V": the values of the tokens a query looks at, each as strong as its weight, and their sum z. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { normName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName } from '../numberPlace';
import { at, norm } from '../picture/at';
import { fixed } from '../picture/numbers';
import { columnAt } from '../picture/pointer';
import { signedScale, type SignedScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { strip } from '../picture/strip';
import type { Inspector } from '../view';
import { headVector, keyValueHead, restingCell, rowOf } from './headNumbers';
import { seenKeys } from './maskNumbers';
import { vectorTwin } from './vectorTwin';

/** Sources shown one by one; what the others weigh together is said. */
const shownSources = 16;

/** One key with its weight and value. */
interface MixSource {
  readonly key: number;
  readonly weight: number;
  readonly value: Float32Array;
}

export interface Mix {
  readonly query: number;
  /** In order of position, at most 16, the strongest. */
  readonly sources: readonly MixSource[];
  /** What is not shown. */
  readonly others: { readonly count: number; readonly weight: number };
  readonly z: Float32Array;
}

export function mixOf(inspector: Inspector): Mix | undefined {
  const [query] = restingCell(inspector);
  const row = rowOf(inspector, query);
  const z = headVector(inspector, 'z', query);
  if (!row || !z) return undefined;
  const keys = seenKeys(inspector, query).toSorted((a, b) => at(row, b) - at(row, a));
  const shown = keys.slice(0, shownSources).sort((a, b) => a - b);
  const sources: MixSource[] = [];
  for (const key of shown) {
    const value = headVector(inspector, 'v', key);
    if (value) sources.push({ key, weight: at(row, key), value });
  }
  if (sources.length < shown.length) return undefined;
  const hidden = keys.slice(shownSources);
  const others = {
    count: hidden.length,
    weight: hidden.reduce((sum, key) => sum + at(row, key), 0),
  };
  return { query, sources, others, z };
}

export function attendMix(inspector: Inspector, room: number): TemplateResult | typeof nothing {
  const { t, labels, subject, place } = inspector;
  const { block, head } = place.value;
  const mix = mixOf(inspector);
  if (!mix) return nothing;
  const { sources, others, z, query } = mix;
  const table = vectorTwin(inspector, t('inspector.stage.mix'), [
    ...sources.map(({ key, weight, value }) => ({
      label: `${fixed(weight)} × ${labels.plain(key)}`,
      values: value,
      from: numberName(`blocks.${String(block)}.attn.v`, [key, keyValueHead(inspector)]),
    })),
    { label: 'z', values: z, from: numberName(`blocks.${String(block)}.attn.z`, [query, head]) },
  ]);
  if (inspector.place.value.table) return html`${table}`;
  const width = Math.max(96, room - (room < 480 ? 140 : 232));
  const scale = valueScale(mix);
  const total = sources.reduce((sum, { weight }) => sum + weight, others.weight);
  return html`<div class="mix">
    <div class="mixrow headrow">
      <span>${t('inspector.token')}</span><span></span
      ><span class="num">${t('inspector.weight')}</span><span></span
      ><span>${t('inspector.value')} v [${subject.value.model.config.headSize}]</span>
    </div>
    ${sources.map((source) => sourceRow(inspector, { source, width, scale }))}
    ${
      others.count > 0
        ? html`<div class="mixrow">
            <span class="dim">${t('inspector.others', { n: others.count })}</span><span></span
            ><span class="num">${fixed(others.weight)}</span>
          </div>`
        : nothing
    }
    <div class="mixrow total" @mouseleave=${leave(inspector)} @mousemove=${channelUnder(inspector)}>
      <span><b>z</b> ${labels.token(query)}</span><span></span
      ><span class="num">${fixed(total)}</span
      ><span class="op">=</span
      >${strip(z, { width, height: 22, scale: signedScale(z), cursor: () => channelNow(inspector) })}
    </div>
    ${table}
  </div>`;
}

interface SourceRow {
  readonly source: MixSource;
  readonly width: number;
  readonly scale: SignedScale;
}

function sourceRow(inspector: Inspector, { source, width, scale }: SourceRow): TemplateResult {
  const { labels, place } = inspector;
  const { key, weight, value } = source;
  const { block, head } = place.value;
  const [query] = restingCell(inspector);
  return html`<div
    class="mixrow"
    @mouseleave=${leave(inspector)}
    @mousemove=${channelUnder(inspector, key)}
  >
    <span>${labels.token(key)}</span
    ><span class="wt" aria-hidden="true"
      ><i style=${styleMap({ width: `${String(weight * 100)}%` })}></i></span
    ><span class="num"
      >${pressed(fixed(weight), numberName(`blocks.${String(block)}.attn.pattern`, [head, query, key]), 'stop')}</span
    ><span class="op">×</span
    ><span style=${styleMap({ opacity: String(0.3 + 0.7 * Math.sqrt(weight)) })}
      >${strip(value, { width, height: 16, scale, cursor: () => channelNow(inspector) })}</span
    >
  </div>`;
}

/** The channel of the head that is pointed at; 0 at first. */
export function channelNow({ pointed, place, subject }: Inspector): number {
  const { headSize } = subject.value.model.config;
  return (pointed.value?.channel ?? place.value.channel) % headSize;
}

function channelUnder(inspector: Inspector, token?: number): (event: MouseEvent) => void {
  return (event) => {
    const picture = (event.currentTarget as Element).querySelector('.vector-picture');
    if (!picture?.contains(event.target as Node)) return;
    const weights = rowOf(inspector, restingCell(inspector)[0]);
    const channel = columnUnder(event, picture, inspector.subject.value.model.config.headSize);
    inspector.point({
      channel,
      ...(token === undefined ? {} : { token }),
      ...(weights ? { weights } : {}),
    });
  };
}

function columnUnder(event: MouseEvent, picture: Element, columns: number): number {
  const { clientX } = event;
  return columnAt({ currentTarget: picture, clientX }, columns);
}

function leave({ point }: Inspector): () => void {
  return () => {
    point(undefined);
  };
}

function valueScale({ sources }: Mix): SignedScale {
  return signedScale(...sources.map(({ value }) => value));
}

export function mixLegend(inspector: Inspector): TemplateResult | typeof nothing {
  const { t } = inspector;
  const mix = mixOf(inspector);
  if (!mix) return nothing;
  const { block, head } = inspector.place.value;
  const z = numberName(`blocks.${String(block)}.attn.z`, [mix.query, head]);
  return html`<div class="legend">
    ${scaleBar(valueScale(mix), t, 'v')} ${scaleBar(signedScale(mix.z), t, 'z')}
    <span class="dim small">‖z‖ ${pressed(fixed(norm(mix.z), 2), normName(z), 'stop')}</span>
  </div>`;
}
