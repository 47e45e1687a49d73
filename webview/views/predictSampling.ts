/** The settings under the reader's hand: a slider moves them here at once, and when it rests the host is told. */
import { signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import type { SamplingSettings } from '../../src/protocol/sampling';
import { fixed } from '../picture/numbers';
import { numberIn } from '../settings';
import type { Inspector } from '../view';

export interface Draft {
  /** What is set, or what the slider under way asks for. Reactive. */
  settings(): SamplingSettings;
  /** Changes the draft while a slider moves. */
  change(patch: Partial<SamplingSettings>): void;
  /** Makes the draft the host's settings. */
  keep(): void;
}

export function samplingDraft({ state, host }: Inspector): Draft {
  // A draft belongs to the settings it started from: when the host has others, it is over.
  const draft = signal<{ readonly from: string; readonly settings: SamplingSettings } | undefined>(
    undefined,
  );
  const current = (): string => JSON.stringify(state.value.sampling);
  const settings = (): SamplingSettings =>
    draft.value?.from === current() ? draft.value.settings : state.value.sampling;
  return {
    settings,
    change: (patch) => {
      draft.value = { from: current(), settings: { ...settings(), ...patch } };
    },
    keep: () => {
      if (JSON.stringify(settings()) !== current()) host.setSampling(settings(), state.value.stop);
    },
  };
}

export function samplingControls(inspector: Inspector, draft: Draft): TemplateResult {
  const { t } = inspector;
  const { temperature, topK, topP } = draft.settings();
  return html`<div class="controls">
    ${slider(draft, {
      name: t('inspector.temperature'),
      key: 'temperature',
      value: temperature,
      range: [0, Math.max(2, temperature), 0.05],
      says: temperature === 0 ? t('inspector.greedy') : fixed(temperature, 2),
    })}
    ${slider(draft, {
      name: t('inspector.topK'),
      key: 'topK',
      value: topK,
      range: [0, Math.max(200, topK), 1],
      says: topK === 0 ? t('inspector.keepAll') : String(topK),
    })}
    ${slider(draft, {
      name: t('inspector.topP'),
      key: 'topP',
      value: topP,
      range: [0.05, 1, 0.05],
      says: topP === 1 ? t('inspector.keepAll') : fixed(topP, 2),
    })}
    ${seedField(inspector, draft)}
  </div>`;
}

interface Slider {
  readonly name: string;
  readonly key: 'temperature' | 'topK' | 'topP';
  readonly value: number;
  readonly range: readonly [from: number, to: number, step: number];
  readonly says: string;
}

function slider(draft: Draft, { name, key, value, range, says }: Slider): TemplateResult {
  const [from, to, step] = range;
  const read = (event: Event): void => {
    draft.change({ [key]: Number((event.target as HTMLInputElement).value) });
  };
  return html`<label class="control">
    <span>${name}</span>
    <input
      type="range"
      min=${from}
      max=${to}
      step=${step}
      .value=${String(value)}
      aria-valuetext=${says}
      data-focus=${`slider-${key}`}
      @input=${read}
      @change=${(event: Event) => {
        read(event);
        draft.keep();
      }}
    />
    <output class="num">${says}</output>
  </label>`;
}

function seedField({ t }: Inspector, draft: Draft): TemplateResult {
  return html`<label class="control seed">
    <span>${t('inspector.seedLabel')}</span>
    <vscode-text-field
      aria-label=${t('inspector.seedLabel')}
      .value=${String(draft.settings().seed)}
      title=${t('inspector.seedHint')}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const seed = numberIn(input.value, { from: 0, to: 2 ** 32 - 1, whole: true });
        input.setAttribute('aria-invalid', String(seed === undefined));
        if (seed === undefined) return;
        draft.change({ seed });
        draft.keep();
      }}
    ></vscode-text-field>
  </label>`;
}
