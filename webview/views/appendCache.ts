/** What the key/value cache saved in one step: rows kept from before, rows computed, tokens that no longer fit. */
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import type { CacheUse } from '../../src/protocol/sampling';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { grouped, shapeText } from '../picture/numbers';
import { painted } from '../picture/painted';
import type { ColourName } from '../picture/palette';
import type { Inspector } from '../view';

export function cachePicture(inspector: Inspector, use: CacheUse): TemplateResult {
  const { t, language, subject } = inspector;
  const { config } = subject.value.model;
  const rows = use.kept + use.computed;
  const bytes = cacheBytes(config, rows);
  return html`<h2>
      ${t('inspector.cache')}
      <small class="dim"
        >${t('inspector.cacheUse', { kept: use.kept, computed: use.computed })}</small
      >
      ${aboutPart(inspector, 'append.cache')}
    </h2>
    <div class="cache">${cacheRow(inspector, use, 'k')} ${cacheRow(inspector, use, 'v')}</div>
    <p class="dim small">
      ${config.layers} × 2 × ${shapeText(rows, config.keyValueHeads * config.headSize)} ·
      ${t('inspector.bytesN', { n: grouped(bytes, language) })}
      ${use.dropped > 0 ? ` · ${t('inspector.cacheDropped', { n: use.dropped })}` : nothing}
    </p>`;
}

/** Keys and values of every block in float32, for that many positions. */
export function cacheBytes(
  { layers, keyValueHeads, headSize }: Pick<ModelConfig, 'layers' | 'keyValueHeads' | 'headSize'>,
  rows: number,
): number {
  return layers * 2 * rows * keyValueHeads * headSize * 4;
}

const height = 14;

/** One cell per position while they fit; beyond that two stretches of the right lengths. */
function cacheRow(
  { size }: Inspector,
  { kept, computed }: CacheUse,
  role: ColourName & ('k' | 'v'),
): TemplateResult {
  const rows = kept + computed;
  const width = Math.min(size.value.width - 36, rows * 16);
  const cell = width / rows;
  const gap = cell > 4 ? 1.5 : 0;
  return html`<div class="cache-row">
    <span>${role.toUpperCase()}</span>
    <canvas
      aria-hidden="true"
      ${painted({
        width,
        height,
        inputs: [kept, computed],
        paint: (context, { colours }) => {
          for (let row = 0; row < rows; row++) {
            context.fillStyle = row < kept ? colours.rule : colours[role];
            context.fillRect(row * cell, 0, Math.max(0.5, cell - gap), height);
          }
        },
      })}
    ></canvas>
  </div>`;
}
