/** Small pictures of the heads beside the open one, and what the engine measured about it. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { at, range } from '../picture/at';
import { fixed } from '../picture/numbers';
import { probabilityScale } from '../picture/scale';
import { thumbnail } from '../picture/thumbnail';
import type { Inspector } from '../view';
import { habitKinds } from './headHabits';
import { arePulledWhole, thumbnailOf } from './headThumbnails';

const room = 148;
/** Smaller thumbnails say nothing; the open block's heads are then shown alone. */
const smallest = 22;
const largest = 30;

export function headMinis(inspector: Inspector): TemplateResult {
  const { t, subject, place } = inspector;
  const { heads } = subject.value.model.config;
  const fits = Math.floor(room / heads) - 8;
  const isMap = fits >= smallest;
  const side = Math.min(largest, isMap ? fits : smallest);
  const { layers } = subject.value.model.config;
  const blocks = isMap && arePulledWhole(inspector) ? range(layers) : [place.value.block];
  return html`<div
    class=${isMap ? 'minis' : 'minis wrapped'}
    role="group"
    aria-label=${t('inspector.allHeads')}
  >
    <span class="miniaxes" aria-hidden="true"
      >${isMap ? t('inspector.miniAxes') : t('inspector.blockN', { n: place.value.block })}</span
    >
    ${blocks.map(
      (block) =>
        html`<div>${range(heads).map((head) => mini(inspector, { block, head, side }))}</div>`,
    )}
    ${measures(inspector)}
  </div>`;
}

interface Mini {
  readonly block: number;
  readonly head: number;
  readonly side: number;
}

function mini(inspector: Inspector, { block, head, side }: Mini): TemplateResult {
  const { t, place, set } = inspector;
  const pattern = thumbnailOf(inspector, { kind: 'weights', block, head }, side);
  const name = `${t('inspector.blockN', { n: block })} · ${t('inspector.headN', { n: head })}`;
  const isHere = block === place.value.block && head === place.value.head;
  return html`<button
    tabindex="-1"
    aria-pressed=${isHere ? 'true' : 'false'}
    aria-label=${name}
    title=${name}
    style=${styleMap({ height: `${String(side + 4)}px`, width: `${String(side + 4)}px` })}
    @click=${() => {
      set({ block, head });
    }}
  >
    ${pattern ? thumbnail(pattern, probabilityScale, side) : nothing}
  </button>`;
}

function measures({ numbers, place, t }: Inspector): TemplateResult | typeof nothing {
  const { block, head } = place.value;
  const statistics = numbers.ask('headStatistics', { block });
  if (!statistics) return nothing;
  const line = (name: string, values: Float32Array) =>
    html`<dt>${name}</dt>
      <dd class="num">${fixed(at(values, head), 2)}</dd>`;
  return html`<p class="miniaxes">${t('inspector.headMeasure')}</p>
    <dl class="measures">
      ${habitKinds.map((kind) => line(t(`inspector.habit.${kind}`), statistics[kind]))}
      ${line(`${t('inspector.entropy')} (${t('inspector.bits')})`, statistics.entropyBits)}
    </dl>`;
}
