/** “What if u were …”: another number on the same bar, and the token that it would have drawn. */
import { signal, type ReadonlySignal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { at } from '../picture/at';
import { fixed } from '../picture/numbers';
import type { Inspector } from '../view';
import { intervalDigits, segmentsOf } from './predictBar';
import type { Prediction } from './predictAnswer';

export interface WhatIf {
  /** The number that is tried, undefined for the one that was drawn. */
  readonly u: ReadonlySignal<number | undefined>;
  readonly template: (prediction: Prediction) => TemplateResult | typeof nothing;
}

/** Steps of the slider: a thousandth of the bar. */
const steps = 1000;

export function whatIf(inspector: Inspector): WhatIf {
  const tried = signal<number | undefined>(undefined);
  const { t } = inspector;
  return {
    u: tried,
    template: (prediction) => {
      const { draw } = prediction.distribution.pick;
      if (draw === undefined) return nothing;
      const u = tried.value ?? draw;
      return html`<div class="control what-if">
          <span aria-hidden="true">${t('views.whatIf.u')}</span>
          <input
            type="range"
            min="0"
            max=${steps - 1}
            step="1"
            aria-label=${t('views.whatIf.u')}
            data-focus="what-if"
            .value=${String(Math.round(u * steps))}
            aria-valuetext=${saysPlain(inspector, prediction, u)}
            @input=${(event: Event) => {
              tried.value = Number((event.target as HTMLInputElement).value) / steps;
            }}
          />
          <output class="num">${fixed(u, 3)}</output>
          <button
            class="quiet"
            ?disabled=${tried.value === undefined}
            @click=${(event: Event) => {
              event.preventDefault();
              tried.value = undefined;
            }}
          >
            ${t('views.whatIf.back')}
          </button>
        </div>
        ${tried.value === undefined ? nothing : verdict(inspector, prediction, u)}`;
    },
  };
}

interface Hit {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** The token whose interval holds u. Beyond what was fetched, the whole distribution is asked for. */
function hitBy(inspector: Inspector, prediction: Prediction, u: number): Hit | undefined {
  const holds = ({ from, to }: Hit): boolean => u >= from && u < to;
  const found = segmentsOf(prediction.distribution).find(holds);
  if (found) return found;
  const { numbers, state, subject } = inspector;
  const whole = numbers.ask('distribution', {
    sampling: prediction.settings,
    step: state.value.generation.cursor,
    rows: subject.value.model.config.vocabulary,
  });
  if (!whole) return undefined;
  const all = segmentsOf(whole);
  // Rounding may leave a sliver at the end of the bar; it belongs to the last token.
  return all.find(holds) ?? all.at(-1);
}

function verdict(
  inspector: Inspector,
  prediction: Prediction,
  u: number,
): TemplateResult | typeof nothing {
  const { t, labels } = inspector;
  const hit = hitBy(inspector, prediction, u);
  if (!hit) return nothing;
  const digits = intervalDigits([hit.from, hit.to]);
  return html`<p class="verdict-line" data-what-if=${hit.id}>
    ${t('views.whatIf.would', { u: fixed(u, 3) })} ${labels.chip(hit.id)}
    <span class="dim num">${fixed(hit.from, digits)} – ${fixed(hit.to, digits)}</span>
    ${
      hit.id === at(prediction.distribution.ids, prediction.distribution.pick.rank - 1)
        ? html`<span class="dim">${t('views.whatIf.same')}</span>`
        : nothing
    }
  </p>`;
}

function saysPlain(inspector: Inspector, prediction: Prediction, u: number): string {
  const hit = hitBy(inspector, prediction, u);
  return hit ? `${fixed(u, 3)}: ${inspector.labels.plainId(hit.id)}` : fixed(u, 3);
}
