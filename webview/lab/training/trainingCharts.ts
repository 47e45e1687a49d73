/** The curves of a run: losses, bits a byte, the gradient's norm, the learning rate. */
import { html, nothing, type TemplateResult } from 'lit';
import { fixed, powerOfTen } from '../../picture/numbers';
import { chart, newCursor } from '../chart';
import type { Lab } from '../lab';
import type { PlotLine } from '../plot';
import type { RunLog } from '../runLog';

export function trainingCharts(lab: Lab): (log: RunLog) => TemplateResult | typeof nothing {
  const { t } = lab;
  const cursor = newCursor();
  const validated = newCursor();
  return (log) => {
    log.follow();
    if (log.steps.length === 0) return nothing;
    const xs = [...log.steps];
    const common = { xName: t('lab.step'), xs, cursor };
    const four = (value: number): string => fixed(value, 3);
    return html`<div class="sides">
      ${chart(lab, {
        ...common,
        name: 'loss',
        title: t('lab.chart.loss'),
        unit: t('lab.unit.nats'),
        lines: losses(lab, log),
        write: four,
        height: 200,
      })}
      ${chart(lab, {
        ...common,
        name: 'gradient',
        title: t('lab.chart.gradientNorm'),
        unit: '‖∇‖',
        lines: [{ name: t('lab.chart.beforeClip'), values: [...log.gradientNorm], colour: 'm' }],
        scale: 'log',
        write: four,
        height: 200,
      })}
      ${bits(log) === undefined ? nothing : bitsChart(lab, log, validated)}
      ${chart(lab, {
        ...common,
        name: 'rate',
        title: t('lab.training.rate'),
        unit: '',
        lines: [{ name: t('lab.training.rate'), values: [...log.rate], colour: 'r' }],
        write: (value) => (value === 0 ? '0' : powerOfTen(value, 2)),
        height: 110,
      })}
    </div>`;
  };
}

/** Training at every step; validation where it was measured, between gaps. */
export function losses({ t }: Lab, log: RunLog): readonly PlotLine[] {
  const training: PlotLine = { name: t('lab.chart.training'), values: [...log.nats], colour: 'q' };
  if (log.validations.length === 0) return [training];
  const at = new Map(
    log.validations.map(({ step, validation }) => [step, validation.natsPerToken] as const),
  );
  const values = log.steps.map((step) => at.get(step) ?? Number.NaN);
  return [training, { name: t('lab.chart.validation'), values, colour: 'k', dashed: true }];
}

function bits({ validations }: RunLog): number | undefined {
  return validations.at(-1)?.validation.bitsPerByte;
}

function bitsChart(
  lab: Lab,
  { validations }: RunLog,
  cursor: ReturnType<typeof newCursor>,
): TemplateResult {
  const { t } = lab;
  return chart(lab, {
    name: 'bits',
    title: t('lab.chart.bits'),
    unit: '',
    xName: t('lab.step'),
    xs: validations.map(({ step }) => step),
    lines: [
      {
        name: t('lab.chart.validation'),
        values: validations.map(({ validation }) => validation.bitsPerByte ?? Number.NaN),
        colour: 'k',
      },
    ],
    write: (value) => fixed(value, 3),
    cursor,
    height: 110,
  });
}
