/** One step with everything: forward, loss of each token before and after, each gradient, each update, and their time. */
import { html, nothing, type TemplateResult } from 'lit';
import type { StepDetail } from '../../../src/protocol/labApi';
import { at } from '../../picture/at';
import { fixed, fixedWithSign, grouped, powerOfTen, unknown } from '../../picture/numbers';
import { Vocabulary } from '../../vocabulary';
import { Labels } from '../../labels';
import { signal } from '@preact/signals-core';
import type { Lab } from '../lab';
import type { RunActions } from '../runActions';
import type { RunLog } from '../runLog';

export function stepDetail(
  lab: Lab,
  { detail }: RunActions,
): (log: RunLog) => TemplateResult | typeof nothing {
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
    </section>`;
  };
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
