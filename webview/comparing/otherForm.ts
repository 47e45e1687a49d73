/** What of side B can be changed in place: its text, or the settings its tokens are picked with. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Comparison } from '../../src/protocol/comparison';
import type { SamplingSettings } from '../../src/protocol/sampling';
import type { MessageKey } from '../l10n';
import type { Inspector } from '../view';

export function otherForm(
  inspector: Inspector,
  { with: what }: Comparison,
): TemplateResult | typeof nothing {
  if (what.kind === 'text') return textForm(inspector, what.text);
  return what.kind === 'settings' ? settingsForm(inspector, what.sampling) : nothing;
}

/** The text is run when the field is left, or with Ctrl+Enter. */
function textForm({ t, host }: Inspector, text: string): TemplateResult {
  const run = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    if (value !== '' && value !== text)
      host.compare({ kind: 'text', text: value, name: undefined });
  };
  return html`<label class="other-text"
    ><span class="dim">${t('compare.textOfB')}</span>
    <textarea
      rows="2"
      spellcheck="false"
      data-focus="other-text"
      .value=${text}
      @change=${run}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run(event);
      }}
    ></textarea>
  </label>`;
}

interface Field {
  readonly name: 'temperature' | 'topK' | 'topP' | 'seed';
  readonly label: MessageKey;
  readonly max: number;
  readonly step: string;
  readonly min?: number;
}

const fields: readonly Field[] = [
  { name: 'temperature', label: 'inspector.temperature', max: 10, step: '0.1' },
  { name: 'topK', label: 'inspector.topK', max: 1_000_000, step: '1' },
  { name: 'topP', label: 'inspector.topP', max: 1, step: '0.05', min: 0.01 },
  { name: 'seed', label: 'compare.seed', max: 2 ** 32 - 1, step: '1' },
];

function settingsForm({ t, host }: Inspector, sampling: SamplingSettings): TemplateResult {
  return html`<div class="other-settings" role="group" aria-label=${t('compare.kind.settings')}>
    ${fields.map(
      ({ name, label, max, step, min = 0 }) =>
        html`<label
          ><span class="dim">${t(label)}</span>
          <input
            type="number"
            data-focus=${`other-${name}`}
            min=${min}
            max=${max}
            step=${step}
            .value=${String(sampling[name])}
            @change=${(event: Event) => {
              const value = Number((event.target as HTMLInputElement).value);
              const fits = Number.isFinite(value) && value >= min && value <= max;
              const whole = step !== '1' || Number.isInteger(value);
              if (fits && whole)
                host.compare({ kind: 'settings', sampling: { ...sampling, [name]: value } });
            }}
          />
        </label>`,
    )}
  </div>`;
}
