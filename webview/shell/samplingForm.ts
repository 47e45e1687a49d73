/** How the next tokens are picked and when generation ends. A value that is not allowed is marked and not sent. */
import { html, type TemplateResult } from 'lit';
import type { SamplingSettings, StopSettings } from '../../src/protocol/sampling';
import type { MessageKey } from '../l10n';
import { numberIn, readStops, writeStops } from '../settings';
import type { Store } from '../store';

export function samplingForm(store: Store): TemplateResult {
  const { t, state, host } = store.inspector;
  const { sampling, stop } = state.value;
  const sample = (patch: Partial<SamplingSettings>) => {
    host.setSampling({ ...sampling, ...patch }, stop);
  };
  return html`<form class="sampling" aria-label=${t('inspector.sampling')} @submit=${prevent}>
    ${field(store, {
      key: 'inspector.temperature',
      hint: 'inspector.temperatureHint',
      value: sampling.temperature,
      allowed: { from: 0, to: 10 },
      take: (temperature) => {
        sample({ temperature });
      },
    })}
    ${field(store, {
      key: 'inspector.topK',
      hint: 'inspector.topKHint',
      value: sampling.topK,
      allowed: { from: 0, to: 1e6, whole: true },
      take: (topK) => {
        sample({ topK });
      },
    })}
    ${field(store, {
      key: 'inspector.topP',
      hint: 'inspector.topPHint',
      value: sampling.topP,
      allowed: { from: 0.001, to: 1 },
      take: (topP) => {
        sample({ topP });
      },
    })}
    ${field(store, {
      key: 'inspector.seedLabel',
      hint: 'inspector.seedHint',
      value: sampling.seed,
      allowed: { from: 0, to: 2 ** 32 - 1, whole: true },
      take: (seed) => {
        sample({ seed });
      },
    })}
    ${endings(store)}
  </form>`;
}

function endings(store: Store): TemplateResult {
  const { t, state, host } = store.inspector;
  const { sampling, stop } = state.value;
  const end = (patch: Partial<StopSettings>) => {
    host.setSampling(sampling, { ...stop, ...patch });
  };
  return html`${field(store, {
      key: 'inspector.maxTokens',
      hint: 'inspector.maxTokensHint',
      value: stop.maxTokens,
      allowed: { from: 1, to: 4096, whole: true },
      take: (maxTokens) => {
        end({ maxTokens });
      },
    })}
    <vscode-text-field
      class="stops"
      .value=${writeStops(stop.stopStrings)}
      title=${t('inspector.stopStringsHint')}
      @change=${(event: Event) => {
        end({ stopStrings: readStops((event.target as HTMLInputElement).value) });
      }}
      >${t('inspector.stopStrings')}</vscode-text-field
    >`;
}

interface Field {
  readonly key: MessageKey;
  readonly hint: MessageKey;
  readonly value: number;
  readonly allowed: Parameters<typeof numberIn>[1];
  readonly take: (value: number) => void;
}

function field(
  { inspector: { t } }: Store,
  { key, hint, value, allowed, take }: Field,
): TemplateResult {
  return html`<vscode-text-field
    .value=${String(value)}
    title=${t(hint)}
    @change=${(event: Event) => {
      const input = event.target as HTMLInputElement;
      const entered = numberIn(input.value, allowed);
      input.setAttribute('aria-invalid', String(entered === undefined));
      if (entered !== undefined) take(entered);
    }}
    >${t(key)}</vscode-text-field
  >`;
}

function prevent(event: Event): void {
  event.preventDefault();
}
