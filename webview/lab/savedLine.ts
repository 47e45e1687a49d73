/** Says where something was written. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Lab } from './lab';

export function savedLine({ t }: Lab, path: string | undefined): TemplateResult | typeof nothing {
  if (path === undefined) return nothing;
  return html`<span class="dim" role="status">${t('lab.savedAs', { path })}</span>`;
}
