/** Which side of a comparison an open sheet is about. */
import { html, nothing, type TemplateResult } from 'lit';
import { roving } from '../roving';
import type { Store } from '../store';

export function sideChoice({ inspector, sheets }: Store): TemplateResult | typeof nothing {
  if (inspector.other.subject.value === undefined) return nothing;
  return html`<div
    class="depth sides"
    role="group"
    aria-label=${inspector.t('compare.side')}
    ${roving('choose')}
  >
    ${(['a', 'b'] as const).map((side) => {
      const isOn = sheets.side.value === side;
      return html`<button
        tabindex=${isOn ? 0 : -1}
        aria-pressed=${isOn ? 'true' : 'false'}
        data-focus=${`side-${side}`}
        @click=${() => {
          sheets.turnTo(side);
        }}
      >
        ${side.toUpperCase()}
      </button>`;
    })}
  </div>`;
}
