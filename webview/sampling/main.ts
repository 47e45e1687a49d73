/** The sampling controls: sliders, presets, and the next token's distribution as it changes while a slider moves. */
import './sampling.css';
import { signal, effect } from '@preact/signals-core';
import * as l10n from '@vscode/l10n';
import { html, render, type TemplateResult } from 'lit';
import type bundle from '../../media/l10n/sampling.en.json';
import { describeFailure } from '../../src/protocol/describeFailure';
import type { Outcome } from '../../src/protocol/engineApi';
import type { SamplingSettings } from '../../src/protocol/sampling';
import type { SamplingHost, SamplingPreview, SamplingState } from '../../src/protocol/samplingApi';
import { connect } from '../host';
import { fixed, percent } from '../picture/numbers';

type Key = keyof typeof bundle;
type Name = keyof Required<SamplingSettings>;

const t = (key: Key, values: Readonly<Record<string, string | number>> = {}): string =>
  l10n.t(key, values);
l10n.config({
  contents: JSON.parse(document.getElementById('l10n')?.textContent ?? '{}') as Record<
    string,
    string
  >,
});

const state = signal<SamplingState | undefined>(undefined);
/** What the sliders say, which may not be written yet. */
const wanted = signal<SamplingSettings | undefined>(undefined);
const preview = signal<Outcome<SamplingPreview> | undefined>(undefined);

const { host } = connect<SamplingHost, object>({ update: take }, ['write', 'startGeneration']);

const sliders = [
  { name: 'temperature', least: 0, most: 2, step: 0.05 },
  { name: 'topK', least: 0, most: 200, step: 1 },
  { name: 'topP', least: 0.01, most: 1, step: 0.01 },
  { name: 'minP', least: 0, most: 0.5, step: 0.01 },
  { name: 'repetitionPenalty', least: 0.5, most: 2, step: 0.05 },
] as const satisfies readonly { name: Name; least: number; most: number; step: number }[];

const free = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 };
const start: Required<SamplingSettings> = { ...free, seed: 1 };
const presets = {
  greedy: { ...free, temperature: 0 },
  careful: { ...free, temperature: 0.7, topP: 0.9 },
  natural: free,
  lively: { ...free, temperature: 1.2, minP: 0.05 },
} as const;

const writeAfterMs = 400;
let writing: ReturnType<typeof setTimeout> | undefined;
let asked = 0;

effect(() => {
  render(page(), document.body);
});
void host.ready().then(take);

function take(next: SamplingState): void {
  state.value = next;
  wanted.value = next.sampling;
  void look();
}

/** Newer questions make older answers worthless. */
async function look(): Promise<void> {
  const sampling = wanted.value;
  asked++;
  const mine = asked;
  if (sampling === undefined || state.value?.place === undefined) {
    preview.value = undefined;
    return;
  }
  const answer = await host.preview(sampling);
  if (mine === asked) preview.value = answer;
}

function change(patch: Partial<SamplingSettings>): void {
  const sampling = wanted.value;
  if (sampling === undefined) return;
  const next = { ...sampling, ...patch };
  wanted.value = next;
  void look();
  clearTimeout(writing);
  writing = setTimeout(() => {
    host.write(next);
  }, writeAfterMs);
}

function page(): TemplateResult {
  const sampling = wanted.value;
  if (sampling === undefined) return html``;
  return html`<form
      aria-label=${t('sampling.title')}
      @submit=${(event: Event) => {
        event.preventDefault();
      }}
    >
      <div class="presets" role="group" aria-label=${t('sampling.presets')}>
        ${(Object.keys(presets) as (keyof typeof presets)[]).map(
          (name) =>
            html`<button
              type="button"
              aria-pressed=${String(isChosen(presets[name], sampling))}
              @click=${() => {
                change(presets[name]);
              }}
            >
              ${t(`sampling.preset.${name}`)}
            </button>`,
        )}
      </div>
      ${sliders.map((slider) => control(slider, sampling))} ${seed(sampling)}
    </form>
    ${picture()}`;
}

function control(
  { name, least, most, step }: (typeof sliders)[number],
  sampling: SamplingSettings,
): TemplateResult {
  const value = sampling[name] ?? start[name];
  const entered = (event: Event): void => {
    const number = (event.target as HTMLInputElement).valueAsNumber;
    if (Number.isFinite(number)) change({ [name]: number });
  };
  return html`<div class="control">
    <label for=${name} title=${t(`sampling.hint.${name}`)}>${t(`sampling.${name}`)}</label>
    <input
      type="range"
      id=${name}
      min=${least}
      max=${most}
      step=${step}
      .value=${String(value)}
      @input=${entered}
    />
    <input
      type="number"
      aria-label=${t(`sampling.${name}`)}
      min=${least}
      step=${step}
      .value=${String(value)}
      @change=${entered}
    />
  </div>`;
}

/** A seed has no order in which to slide: one is as good as another. */
function seed(sampling: SamplingSettings): TemplateResult {
  return html`<div class="control">
    <label for="seed" title=${t('sampling.hint.seed')}>${t('sampling.seed')}</label>
    <button
      type="button"
      @click=${() => {
        change({ seed: sampling.seed + 1 });
      }}
    >
      ${t('sampling.nextSeed')}
    </button>
    <input
      type="number"
      id="seed"
      min="0"
      step="1"
      .value=${String(sampling.seed)}
      @change=${(event: Event) => {
        const number = (event.target as HTMLInputElement).valueAsNumber;
        if (Number.isSafeInteger(number) && number >= 0) change({ seed: number });
      }}
    />
  </div>`;
}

function isChosen(
  preset: (typeof presets)[keyof typeof presets],
  sampling: SamplingSettings,
): boolean {
  return (Object.keys(preset) as (keyof typeof preset)[]).every(
    (name) => (sampling[name] ?? start[name]) === preset[name],
  );
}

function picture(): TemplateResult {
  if (state.value?.place === undefined) {
    return html`<p>${t('sampling.noSession')}</p>
      <button
        type="button"
        @click=${() => {
          host.startGeneration();
        }}
      >
        ${t('sampling.start')}
      </button>`;
  }
  const shown = preview.value;
  if (shown === undefined) return html``;
  if (!shown.ok) {
    const sentence = describeFailure(shown.failure, (key, values) => l10n.t(key, values));
    return html`<p role="status">${sentence}</p>`;
  }
  const { rows, keptCount, keptMass, entropyBits, vocabulary, pick } = shown.value;
  const largest = Math.max(...rows.map(({ probability, kept }) => Math.max(probability, kept)));
  return html`<p role="status">
      ${t('sampling.summary', {
        count: keptCount,
        vocabulary,
        mass: percent(keptMass),
        entropy: fixed(entropyBits, 2),
        pick,
      })}
    </p>
    <table>
      <thead>
        <tr>
          <th scope="col">${t('sampling.token')}</th>
          <th scope="col">${t('sampling.model')}</th>
          <th scope="col">${t('sampling.drawn')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ label, probability, kept }) =>
            html`<tr class=${kept === 0 ? 'cut' : ''}>
              <td><code>${label}</code></td>
              <td>${bar(probability / largest, 'model')}${percent(probability)}</td>
              <td>
                ${kept === 0 ? t('sampling.cut') : html`${bar(kept / largest, 'kept')}${percent(kept)}`}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function bar(share: number, kind: string): TemplateResult {
  return html`<span class="bar ${kind}" style="width: ${(share * 100).toFixed(1)}%"></span>`;
}
