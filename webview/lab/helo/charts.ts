/** Loss and the length of both tensors, step by step. */
import type { Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { fixed } from '../../picture/numbers';
import { chart } from '../chart';
import type { Lab } from '../lab';
import type { RunLog } from '../runLog';

export function heloCharts(
  lab: Lab,
  log: RunLog,
  cursor: Signal<number | undefined>,
): TemplateResult | typeof nothing {
  const { t } = lab;
  log.follow();
  const weights = log.description.value?.weights ?? [];
  if (log.steps.length === 0) return nothing;
  const norms = weights.map(({ name }, row) => ({
    name,
    values: log.statistics.map(({ weightNorm }) => weightNorm[row] ?? Number.NaN),
    colour: row === 0 ? ('r' as const) : ('a' as const),
    dashed: row > 0,
  }));
  return html`<div class="sides">
    ${chart(lab, {
      name: 'helo-loss',
      title: t('lab.chart.loss'),
      unit: t('lab.unit.nats'),
      xName: t('lab.step'),
      xs: [...log.steps],
      lines: [{ name: t('lab.chart.training'), values: [...log.nats], colour: 'q' }],
      write: (value) => fixed(value, 4),
      cursor,
    })}
    ${
      log.statistics.length === 0
        ? nothing
        : chart(lab, {
            name: 'helo-norms',
            title: t('lab.chart.weightNorms'),
            unit: '‖W‖',
            xName: t('lab.step'),
            xs: log.statistics.map(({ step }) => step),
            lines: norms,
            scale: 'log',
            write: (value) => fixed(value, 4),
            cursor,
          })
    }
  </div>`;
}
