import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from './styleMap';

import { cssOf, rampColour, rampLength } from './colour';
import { decimalsFor, fixed, fixedWithSign, grouped } from './numbers';
import { painted } from './painted';
import type { MessageKey, Translate } from '../l10n';
import type { Scale } from './scale';

const width = 132;
const height = 8;

/** The ramp with its numbers and its meaning. `of` names what it is for where a view has several scales. */
export function scaleBar(scale: Scale, t: Translate, of?: string): TemplateResult {
  const ticks = ticksOf(scale);
  const meaning = t(meaningOf(scale));
  const label = of === undefined ? meaning : `${of} · ${meaning}`;
  const beyond = beyondText(scale, t);
  return html`<div
    class="scale"
    role="img"
    aria-label=${`${label}: ${ticks.map(([, text]) => text).join(' … ')}${beyond}`}
  >
    ${ramp(scale)}
    <div class=${beyond ? 'ticks open' : 'ticks'}>
      ${ticks.map(
        ([place, text]) =>
          html`<span
            style=${styleMap({ left: `${place * 100}%`, transform: `translateX(${-place * 100}%)` })}
            >${text}</span
          >`,
      )}
    </div>
    <p>${label}${beyond || nothing}</p>
  </div>`;
}

function meaningOf(scale: Scale): MessageKey {
  if (scale.kind === 'probability') return 'inspector.prob';
  return scale.positive ? 'attention.size' : 'inspector.signed';
}

/** Places on the bar in [0, 1] and what stands there. */
function ticksOf(scale: Scale): readonly (readonly [place: number, text: string])[] {
  if (scale.kind === 'probability') {
    return [0, 0.05, 0.25, 0.5, 1].map((p) => [Math.sqrt(p), String(p).replace(/^0\./, '.')]);
  }
  const digits = scale.end >= 1 ? Math.max(1, decimalsFor(scale.end)) : decimalsFor(scale.end);
  if (scale.positive)
    return [
      [0, '0'],
      [1, fixed(scale.end, digits)],
    ];
  return [
    [0, fixed(-scale.end, digits)],
    [0.5, '0'],
    [1, fixedWithSign(scale.end, digits)],
  ];
}

function beyondText(scale: Scale, t: Translate): string {
  if (scale.kind === 'probability' || scale.beyond === 0) return '';
  const { beyond, of, top } = scale;
  return ` · ${t('inspector.beyond', { n: grouped(beyond), of: grouped(of), top: fixed(top, Math.max(1, decimalsFor(top))) })}`;
}

function ramp(scale: Scale): TemplateResult {
  // The upper half of the signed colours begins at zero.
  const from = scale.kind === 'signed' && scale.positive ? 0.5 : 0;
  return html`<canvas
    aria-hidden="true"
    ${painted({
      width,
      height,
      inputs: [scale.kind, from],
      paint: (context, { ramps }) => {
        for (let x = 0; x < width; x++) {
          const share = from + (1 - from) * (x / (width - 1));
          const level = Math.round(share * (rampLength - 1));
          context.fillStyle = cssOf(rampColour(ramps[scale.kind], level));
          context.fillRect(x, 0, 1.5, height);
        }
      },
    })}
  ></canvas>`;
}
