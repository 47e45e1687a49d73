/** The axis under bars or strips of a vector: which dimension stands at the left end and which at the right. */
import { html, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import type { Inspector } from '../view';

/** `width` in CSS pixels, that of the picture above. */
export function channelEnds({ t }: Inspector, channels: number, width: number): TemplateResult {
  return html`<span class="track-ends" style=${styleMap({ width: `${String(width)}px` })}
    ><span>${t('inspector.dimension')} 0</span><span>${channels - 1}</span></span
  >`;
}
