/** Step 7: logits, temperature, cut, softmax, and the draw, at the last position. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import { chanceName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { at } from '../picture/at';
import { clampIndex } from '../picture/pointer';
import { fixed, grouped, percent, shapeText } from '../picture/numbers';
import { explanation } from '../side';
import type { Inspector, View } from '../view';
import { predictionReader, type Prediction } from './predictAnswer';
import { drawBar } from './predictBar';
import { predictOperands } from './predictOperands';
import { samplingControls, samplingDraft } from './predictSampling';
import { predictPaths } from './predictPaths';
import { predictSearch } from './predictSearch';
import { predictTable, shownRanks } from './predictTable';
import { whatIf, type WhatIf } from './predictWhatIf';
import { title } from './title';

export function predict(inspector: Inspector): View {
  const { pointed, say, labels } = inspector;
  const draft = samplingDraft(inspector);
  const answer = predictionReader(inspector, draft);
  const extras: Extras = {
    whatIf: whatIf(inspector),
    search: predictSearch(inspector),
    paths: predictPaths(inspector),
  };
  const locked = signal<number | undefined>(undefined);
  const chosen = (): number =>
    pointed.value?.id ?? locked.value ?? answer()?.distribution.pick.id ?? -1;
  const choose = (id: number): void => {
    locked.value = locked.peek() === id ? undefined : id;
  };
  return {
    stage: () => {
      const prediction = answer();
      return html`${head(inspector)} ${samplingControls(inspector, draft)}
      ${prediction ? results(inspector, prediction, { chosen, choose, extras }) : nothing}`;
    },
    side: () => side(inspector, answer(), chosen()),
    resting: () => (answer() ? { id: chosen() } : undefined),
    moves: {
      y: (by) => {
        const prediction = answer();
        if (!prediction) return false;
        const ranks = shownRanks(prediction);
        const ids = ranks.map((rank) => at(prediction.distribution.ids, rank));
        const id = at(ids, clampIndex(ids.indexOf(chosen()) + by, ids.length));
        locked.value = id;
        say(labels.plainId(id));
        return true;
      },
      close: () => {
        const wasLocked = locked.peek() !== undefined;
        locked.value = undefined;
        return wasLocked;
      },
    },
  };
}

function head(inspector: Inspector): TemplateResult {
  const { t, labels, subject, place } = inspector;
  const last = subject.value.length - 1;
  // Another token may be selected in the strip: it is not the one that is read out.
  const note = place.value.position === last ? '' : ` · ${t('inspector.onlyLast')}`;
  return title(
    inspector,
    'predict',
    html`${t('inspector.position')} ${last} ${labels.tokenChip(last)} → ?${note}`,
  );
}

/** What lives as long as the step is open. */
interface Extras {
  readonly whatIf: WhatIf;
  readonly search: ReturnType<typeof predictSearch>;
  readonly paths: ReturnType<typeof predictPaths>;
}

interface Choice {
  readonly extras: Extras;
  readonly chosen: () => number;
  readonly choose: (id: number) => void;
}

function results(inspector: Inspector, prediction: Prediction, choice: Choice): TemplateResult {
  const { whatIf: tried, search, paths } = choice.extras;
  return html`${statistics(inspector, prediction)} ${draw(inspector, prediction, tried.u)}
  ${tried.template(prediction)} ${predictTable(inspector, { prediction, ...choice })}
  ${search(prediction, choice.choose)} ${paths(prediction)}`;
}

function statistics(
  { t, language, subject }: Inspector,
  { distribution, settings }: Prediction,
): TemplateResult {
  const of = (what: 'entropy' | 'gap' | 'mass') =>
    chanceName({ what, position: subject.value.length - 1, sampling: settings });
  const { entropyBits, logitGap, keptCount, keptMass, vocabulary } = distribution;
  const kept = t('inspector.kept', {
    n: grouped(keptCount, language),
    V: grouped(vocabulary, language),
    p: percent(keptMass),
  });
  return html`<dl class="stats">
    <div>
      <dt>${t('inspector.entropy')}</dt>
      <dd class="num">
        ${pressed(fixed(entropyBits, 2), of('entropy'), 'stop')} ${t('inspector.bits')}
      </dd>
    </div>
    <div>
      <dt>${t('inspector.gap')}</dt>
      <dd class="num">${pressed(fixed(logitGap, 2), of('gap'), 'stop')}</dd>
    </div>
    ${
      settings.temperature === 0
        ? nothing
        : html`<div>
            <dt>${t('inspector.cutoff')}</dt>
            <dd class="num">${pressed(kept, of('mass'), 'stop')}</dd>
          </div>`
    }
  </dl>`;
}

function draw(
  inspector: Inspector,
  { settings, distribution }: Prediction,
  tried: WhatIf['u'],
): TemplateResult {
  const { t, labels } = inspector;
  const { ids, kept, keptCount, pick } = distribution;
  if (pick.draw === undefined || pick.interval === undefined) {
    return html`<h2>${t('inspector.draw')} ${aboutPart(inspector, 'predict.draw')}</h2>
      <p class="verdict-line">${t('inspector.greedySays')} ${labels.chip(pick.id)}</p>`;
  }
  return html`<h2>
      ${t('inspector.draw')} <small class="dim">${t('inspector.seed', { s: settings.seed })}</small>
      ${aboutPart(inspector, 'predict.draw')}
    </h2>
    ${drawBar(inspector, { ids, kept, keptCount, pick, draw: pick.draw, interval: pick.interval, height: 34, tried })}`;
}

function side(
  inspector: Inspector,
  prediction: Prediction | undefined,
  id: number,
): TemplateResult {
  const { subject, place } = inspector;
  const { width, vocabulary } = subject.value.model.config;
  return explanation(inspector, {
    step: 'predict',
    formulas: place.value.depth === 'mathematics' ? ['logits', 'predict', 'entropy'] : ['predict'],
    shapes: [shapeText(width), shapeText(vocabulary)],
    operands: prediction && predictOperands(inspector, prediction, id),
  });
}
