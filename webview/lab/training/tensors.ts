/** Every tensor and every layer: norms, gradients, updates, activations; one of them in time and as the numbers it is. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { RunDescription, StepTensor } from '../../../src/protocol/labApi';
import { fixed, grouped, powerOfTen } from '../../picture/numbers';
import { watch } from '../../watch';
import { chart, newCursor } from '../chart';
import { choice, pressButton } from '../fields';
import type { Lab } from '../lab';
import type { RunLog } from '../runLog';
import { activationTable, weightTable } from './statisticsTables';
import { tensorPicture } from './tensorPicture';

export function tensors(lab: Lab): (log: RunLog) => TemplateResult | typeof nothing {
  const { t, host } = lab;
  const chosen = signal(0);
  const cursor = newCursor();
  const shown = signal<{ readonly run: number; readonly tensor: StepTensor } | undefined>(
    undefined,
  );
  const read = async (run: number, name: string): Promise<void> => {
    const tensor = await lab.ask(host.stepTensor({ run, name }));
    if (tensor) shown.value = { run, tensor };
  };
  return (log) => {
    const run = log.description.value;
    if (run === undefined) return nothing;
    const weight = run.weights[Math.min(chosen.value, run.weights.length - 1)];
    if (weight === undefined) return nothing;
    const isRunning = log.state.value.state === 'running';
    return html`<section>
      <h2>${t('lab.tensors.title')}</h2>
      <div class="form">
        ${choice({
          label: t('lab.parameters.tensor'),
          value: String(chosen.value),
          options: run.weights.map(({ name }, row) => [String(row), name] as const),
          take: (row) => {
            chosen.value = Number(row);
          },
        })}
        ${pressButton({
          label: t('lab.tensors.read'),
          disabled: isRunning,
          press: () => void read(run.run, weight.name),
        })}
      </div>
      ${watch(() => ratioChart(lab, log, { row: chosen.value, name: weight.name, cursor }))}
      ${watch(() => {
        const known = shown.value;
        return known?.run === run.run && known.tensor.name === weight.name
          ? tensorPicture(lab, known.tensor)
          : nothing;
      })}
      ${watch(() => latest(lab, log, run))}
    </section>`;
  };
}

interface OfTensor {
  readonly row: number;
  readonly name: string;
  readonly cursor: ReturnType<typeof newCursor>;
}

function ratioChart(
  lab: Lab,
  log: RunLog,
  { row, name, cursor }: OfTensor,
): TemplateResult | typeof nothing {
  const { t } = lab;
  log.follow();
  const { statistics } = log;
  if (statistics.length === 0) return nothing;
  const column = (what: 'weightNorm' | 'gradientNorm' | 'updateRatio') =>
    statistics.map((each) => each[what][row] ?? Number.NaN);
  return chart(lab, {
    name: 'tensor',
    title: name,
    unit: '',
    xName: t('lab.step'),
    xs: statistics.map(({ step }) => step),
    lines: [
      { name: t('lab.tensors.ratio'), values: column('updateRatio'), colour: 'a' },
      {
        name: t('lab.tensors.gradient'),
        values: column('gradientNorm'),
        colour: 'm',
        dashed: true,
      },
      { name: t('lab.tensors.weight'), values: column('weightNorm'), colour: 'r' },
    ],
    scale: 'log',
    write: (value) => (value === 0 || Number.isNaN(value) ? fixed(value, 0) : powerOfTen(value, 2)),
    cursor,
  });
}

/** The newest statistics of all of them. */
function latest(lab: Lab, log: RunLog, run: RunDescription): TemplateResult | typeof nothing {
  log.follow();
  const statistics = log.statistics.at(-1);
  if (statistics === undefined) return nothing;
  const { t } = lab;
  return html`<details class="fold">
    <summary>${t('lab.tensors.all', { n: grouped(statistics.step) })}</summary>
    <div class="sides">
      <div class="scroll tall" tabindex="0" role="region" aria-label=${t('lab.tensors.title')}>
        ${weightTable(lab, run, { statistics })}
      </div>
      <div
        class="scroll tall"
        tabindex="0"
        role="region"
        aria-label=${t('lab.tensors.activations')}
      >
        ${activationTable(lab, statistics)}
      </div>
    </div>
  </details>`;
}
