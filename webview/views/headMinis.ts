/** Small pictures of the heads beside the open one, and what the engine measured about it. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { range } from '../picture/at';
import { probabilityScale } from '../picture/scale';
import { thumbnail } from '../picture/thumbnail';
import type { Inspector } from '../view';
import { headMeasures } from './headHabits';
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
    ${headMeasures(inspector)}
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
