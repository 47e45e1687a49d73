/** What a step of learning costs beside a step of answering, measured on this run, here and now. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { Cost } from '../../../src/protocol/labApi';
import { fixed } from '../../picture/numbers';
import { byteText } from '../byteText';
import { pressButton } from '../fields';
import type { Lab } from '../lab';
import type { RunLog } from '../runLog';

export function cost(lab: Lab): (log: RunLog) => TemplateResult {
  const { t, host } = lab;
  const measured = signal<{ readonly run: number; readonly cost: Cost } | undefined>(undefined);
  const isMeasuring = signal(false);
  const measure = async (run: number): Promise<void> => {
    isMeasuring.value = true;
    const answer = await lab.ask(host.cost({ run }));
    isMeasuring.value = false;
    if (answer) measured.value = { run, cost: answer };
  };
  return (log) => {
    const isRunning = log.state.value.state === 'running';
    const known = measured.value?.run === log.run ? measured.value.cost : undefined;
    return html`<section>
      <h2>${t('lab.cost.title')}</h2>
      <div class="buttons">
        ${pressButton({
          label: t('lab.cost.measure'),
          disabled: isRunning || isMeasuring.value,
          press: () => void measure(log.run),
        })}
        ${isMeasuring.value ? html`<vscode-progress-ring></vscode-progress-ring>` : nothing}
      </div>
      ${known ? table(lab, known) : nothing}
    </section>`;
  };
}

function table({ t }: Lab, known: Cost): TemplateResult {
  const rows: readonly (readonly [name: string, ms: number, bytes: number | undefined])[] = [
    [t('lab.cost.training'), known.trainingMsPerToken, known.trainingBytes],
    [t('lab.cost.forward'), known.forwardMsPerToken, undefined],
    [t('lab.cost.inference'), known.inferenceMsPerToken, known.inferenceBytes],
  ];
  return html`<table class="listing cost">
    <thead>
      <tr>
        <th scope="col">${known.device}</th>
        <th scope="col">${t('lab.cost.ms')}</th>
        <th scope="col">${t('lab.cost.memory')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, ms, bytes]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${fixed(ms, 4)}</td>
            <td>${bytes === undefined ? nothing : byteText(bytes)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
