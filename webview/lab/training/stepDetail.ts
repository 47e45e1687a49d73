/** One step with everything: forward, loss of each token before and after, each gradient, each update, and their time. */
import { html, nothing, type TemplateResult } from 'lit';
import type { StepDetail, StepTensor } from '../../../src/protocol/labApi';
import { at } from '../../picture/at';
import { fixed, fixedWithSign, grouped, powerOfTen, unknown } from '../../picture/numbers';
import { Vocabulary } from '../../vocabulary';
import { Labels } from '../../labels';
import { signal, type Signal } from '@preact/signals-core';
import { watch } from '../../watch';
import type { Lab } from '../lab';
import type { RunActions } from '../runActions';
import type { RunLog } from '../runLog';
import { activationTable, weightTable } from './statisticsTables';
import { tensorPicture } from './tensorPicture';

/** The numbers of one weight in one step. */
interface Shown {
  readonly run: number;
  readonly step: number;
  readonly tensor: StepTensor;
}

export function stepDetail(
  lab: Lab,
  { detail }: RunActions,
): (log: RunLog) => TemplateResult | typeof nothing {
  const opened = signal<Shown | undefined>(undefined);
  const vocabulary = signal<Vocabulary | undefined>(undefined);
  const labels = new Labels(signal(undefined), vocabulary);
  let read: number | undefined;
  return (log) => {
    const shown = detail.value;
    if (shown === undefined) return nothing;
    if (read !== log.run) {
      read = log.run;
      void lab.hear(lab.host.vocabulary({ run: log.run })).then((table) => {
        vocabulary.value = table && new Vocabulary(table);
      });
    }
    const { t } = lab;
    return html`<section class="step-detail" data-step=${shown.step}>
      <h2>${t('lab.detail.title', { n: grouped(shown.step) })}</h2>
      <div class="sides">
        <div>${facts(lab, shown)}</div>
        <div>${tokens(lab, shown, labels)}</div>
      </div>
      ${weights(lab, log, { detail: shown, opened })}
    </section>`;
  };
}

interface OfStep {
  readonly detail: StepDetail;
  readonly opened: Signal<Shown | undefined>;
}

/** What came out of each layer on the way forward, each gradient and each update; a weight opens as the numbers it is. */
function weights(
  lab: Lab,
  log: RunLog,
  { detail, opened }: OfStep,
): TemplateResult | typeof nothing {
  const { t, host } = lab;
  const run = log.description.value;
  if (run === undefined) return nothing;
  const { statistics, step } = detail;
  const choose = async (name: string): Promise<void> => {
    const tensor = await lab.ask(host.stepTensor({ run: run.run, name }));
    if (tensor) opened.value = { run: run.run, step, tensor };
  };
  log.follow();
  // When the run has gone on, its numbers are those of another step.
  const isLast = log.step === step;
  return html`<div class="sides">
      <section>
        <h2>${t('lab.detail.weights')} <small>${t('lab.detail.weightsHint')}</small></h2>
        <div class="scroll tall" tabindex="0" role="region" aria-label=${t('lab.detail.weights')}>
          ${weightTable(lab, run, {
            statistics,
            ...(isLast ? { choose: (name) => void choose(name) } : {}),
          })}
        </div>
      </section>
      <section>
        <h2>${t('lab.detail.activations')}</h2>
        <div
          class="scroll tall"
          tabindex="0"
          role="region"
          aria-label=${t('lab.detail.activations')}
        >
          ${activationTable(lab, statistics)}
        </div>
      </section>
    </div>
    ${watch(() => {
      const shown = opened.value;
      if (shown?.run !== run.run || shown.step !== step) return nothing;
      return html`<h2><code>${shown.tensor.name}</code></h2>
        ${tensorPicture(lab, shown.tensor)}`;
    })}`;
}

/** The way of the step: forward, loss, backward, clipping, update. */
function facts({ t }: Lab, detail: StepDetail): TemplateResult {
  const { ms, nats, gradientNorm, gradientScale, rate, shape, frozen } = detail;
  const rows: readonly (readonly [string, string])[] = [
    [t('lab.detail.batch'), `${String(shape[0])} × ${String(shape[1])}`],
    [t('lab.detail.forward'), `${fixed(ms.forward, 2)} ms`],
    [t('lab.detail.loss'), `${fixed(nats, 4)} ${t('lab.unit.natsShort')}`],
    [t('lab.detail.after'), `${fixed(mean(detail), 4)} ${t('lab.unit.natsShort')}`],
    [t('lab.detail.backward'), `${fixed(ms.backward, 2)} ms`],
    [t('lab.chart.gradientNorm'), fixed(gradientNorm, 4)],
    [t('lab.detail.scale'), fixed(gradientScale, 4)],
    [t('lab.training.rate'), rate === 0 ? '0' : powerOfTen(rate, 2)],
    [t('lab.detail.update'), `${fixed(ms.update, 2)} ms`],
    [t('lab.training.freeze'), frozen.length === 0 ? unknown : frozen.join(' ')],
  ];
  return html`<dl class="facts">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** Mean over the scored targets, on the same batch after the step. */
function mean({ lossesAfter, targets }: StepDetail): number {
  let [sum, count] = [0, 0];
  targets.forEach((target, index) => {
    if (target < 0) return;
    sum += at(lossesAfter, index);
    count += 1;
  });
  return sum / count;
}

/** Tokens of the first sequence that are listed. */
const shownTokens = 32;

function tokens({ t }: Lab, detail: StepDetail, labels: Labels): TemplateResult {
  const { ids, targets, losses, lossesAfter, shape } = detail;
  const count = Math.min(shape[1], shownTokens);
  return html`<div
      class="scroll tall"
      tabindex="0"
      role="region"
      aria-label=${t('lab.detail.tokens')}
    >
      <table class="listing">
        <thead>
          <tr>
            <th scope="col">${t('inspector.token')}</th>
            <th scope="col">${t('lab.detail.target')}</th>
            <th scope="col">${t('lab.detail.loss')}</th>
            <th scope="col">${t('lab.detail.after')}</th>
            <th scope="col">Δ</th>
          </tr>
        </thead>
        <tbody>
          ${Array.from({ length: count }, (_, n) => {
            const target = at(targets, n);
            const isScored = target >= 0;
            const [before, after] = [at(losses, n), at(lossesAfter, n)];
            return html`<tr>
              <th scope="row">${labels.chip(at(ids, n))}</th>
              <td>${isScored ? labels.chip(target) : unknown}</td>
              <td>${isScored ? fixed(before, 3) : unknown}</td>
              <td>${isScored ? fixed(after, 3) : unknown}</td>
              <td>${isScored ? fixedWithSign(after - before, 3) : unknown}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>
    <p class="dim small">
      ${t('lab.detail.first', { n: count, of: grouped(shape[0] * shape[1]) })}
    </p>`;
}
