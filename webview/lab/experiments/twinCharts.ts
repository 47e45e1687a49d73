/** Both twins in the same charts, over the same steps. */
import { html, nothing, type TemplateResult } from 'lit';
import { fixed } from '../../picture/numbers';
import { chart, newCursor } from '../chart';
import type { Lab } from '../lab';
import type { PlotLine } from '../plot';
import type { RunLog } from '../runLog';

export function twinCharts(
  lab: Lab,
): (baseline: RunLog, twin: RunLog) => TemplateResult | typeof nothing {
  const { t } = lab;
  const cursor = newCursor();
  return (baseline, twin) => {
    baseline.follow();
    twin.follow();
    const longer = baseline.steps.length >= twin.steps.length ? baseline : twin;
    if (longer.steps.length === 0) return nothing;
    const xs = [...longer.steps];
    const both = (column: (log: RunLog) => readonly number[]): readonly PlotLine[] => [
      {
        name: t('lab.experiments.baseline'),
        values: padded(column(baseline), xs.length),
        colour: 'q',
      },
      {
        name: t('lab.experiments.twin'),
        values: padded(column(twin), xs.length),
        colour: 'k',
        dashed: true,
      },
    ];
    const common = { xName: t('lab.step'), xs, cursor, write: (x: number) => fixed(x, 3) };
    const validated = validations(lab, [baseline, twin]);
    return html`<div class="sides">
      ${chart(lab, {
        ...common,
        name: 'twin-loss',
        title: t('lab.chart.loss'),
        unit: t('lab.unit.nats'),
        lines: both(({ nats }) => nats),
      })}
      ${chart(lab, {
        ...common,
        name: 'twin-gradient',
        title: t('lab.chart.gradientNorm'),
        unit: '‖∇‖',
        lines: both(({ gradientNorm }) => gradientNorm),
        scale: 'log',
      })}
      ${
        validated === undefined
          ? nothing
          : chart(lab, {
              ...common,
              ...validated,
              name: 'twin-validation',
              title: t('lab.chart.validationLoss'),
              unit: t('lab.unit.nats'),
              cursor,
            })
      }
    </div>`;
  };
}

function padded(values: readonly number[], length: number): Float64Array {
  return Float64Array.from({ length }, (_, index) => values[index] ?? Number.NaN);
}

/** Both validations over the steps at which any of them was measured. */
function validations(
  { t }: Lab,
  [baseline, twin]: readonly [RunLog, RunLog],
): { readonly xs: readonly number[]; readonly lines: readonly PlotLine[] } | undefined {
  const at = ({ validations: known }: RunLog) =>
    new Map(known.map(({ step, validation }) => [step, validation.natsPerToken] as const));
  const [ours, theirs] = [at(baseline), at(twin)];
  const xs = [...new Set([...ours.keys(), ...theirs.keys()])].sort((a, b) => a - b);
  if (xs.length === 0) return undefined;
  const values = (known: ReadonlyMap<number, number>) =>
    xs.map((step) => known.get(step) ?? Number.NaN);
  return {
    xs,
    lines: [
      { name: t('lab.experiments.baseline'), values: values(ours), colour: 'q' },
      { name: t('lab.experiments.twin'), values: values(theirs), colour: 'k', dashed: true },
    ],
  };
}
