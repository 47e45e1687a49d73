/** The few icons of the panel, from VS Code's own icon font (style/icons.css). */
import { html, type TemplateResult } from 'lit';

export function icon(name: string): TemplateResult {
  return html`<span class=${`icon icon-${name}`} aria-hidden="true"></span>`;
}
