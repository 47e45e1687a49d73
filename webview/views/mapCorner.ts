/** The names of both axes of a map of attention, in its corner. */
import { html, type TemplateResult } from 'lit';
import type { Inspector } from '../view';

export function mapCorner({ t }: Inspector): TemplateResult {
  return html`<span class="ktick">${t('inspector.key')} →</span
    ><span class="qtick">↓ ${t('inspector.query')}</span>`;
}
