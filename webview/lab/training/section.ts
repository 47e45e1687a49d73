/** A run: made from the form, watched, paused, changed, stepped, gone back in, saved. */
import { signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import type { RunDescription } from '../../../src/protocol/labApi';
import { watch } from '../../watch';
import { pressButton } from '../fields';
import type { Lab, Section } from '../lab';
import { runActions } from '../runActions';
import { runControls, stateLine } from '../runControls';
import { savedLine } from '../savedLine';
import { changeForm } from './changeForm';
import { cost } from './cost';
import { Inside } from './inside';
import { runForm } from './runForm';
import { samples } from './samples';
import { stepDetail } from './stepDetail';
import { tensors } from './tensors';
import { trainingCharts } from './trainingCharts';

export function training(lab: Lab): Section {
  const { t, host, state } = lab;
  const actions = runActions(lab, () => state.peek().training);
  const charts = trainingCharts(lab);
  const parts = {
    inside: new Inside(lab),
    detail: stepDetail(lab, actions),
    tensors: tensors(lab),
    samples: samples(lab),
    cost: cost(lab),
  };
  const saved = signal<string | undefined>(undefined);
  const open = (run: RunDescription): TemplateResult => {
    const log = lab.logOf(run);
    return html`<div class="buttons">
        ${watch(() => runControls(lab, log, actions))} ${watch(() => ends(lab, run, saved))}
      </div>
      ${watch(() => stateLine(lab, log))}
      <p class="dim small folder">${t('lab.folder', { path: run.folder })}</p>
      ${watch(() => savedLine(lab, saved.value))} ${watch(() => changeForm(lab, run))}
      ${watch(() => charts(log))} ${watch(() => parts.samples(log))}
      ${watch(() => parts.inside.stage(log))} ${watch(() => parts.detail(log))}
      ${watch(() => parts.tensors(log))} ${watch(() => parts.cost(log))}`;
  };
  return {
    says: () => {
      const run = state.value.training;
      if (run === undefined) return '';
      const log = lab.logOf(run);
      log.follow();
      return t('lab.stepN', { n: log.step });
    },
    stage: () => {
      const run = state.value.training;
      if (run) return open(run);
      return html`${watch(() => runForm(lab))}
        <div class="buttons">
          ${pressButton({
            label: t('lab.training.make'),
            appearance: 'primary',
            focus: 'make-run',
            press: () => void lab.ask(host.makeRun({ slot: 'training', form: lab.form.peek() })),
          })}
          ${pressButton({
            label: t('lab.training.open'),
            press: () => void lab.ask(host.openRun({})),
          })}
        </div>`;
    },
    key: (key) => parts.inside.key(key) || actions.key(key),
  };
}

/** What ends the work with a run; both leave its folder where it is. */
function ends(lab: Lab, run: RunDescription, saved: { value: string | undefined }): TemplateResult {
  const { t, host } = lab;
  const isRunning = lab.logOf(run).state.value.state === 'running';
  const save = async (): Promise<void> => {
    saved.value = await lab.ask(host.saveModel({ run: run.run, step: 'now' }));
  };
  return html`${pressButton({
    label: t('lab.training.save'),
    disabled: isRunning,
    press: () => void save(),
  })}
  ${pressButton({
    label: t('lab.training.end'),
    title: t('lab.training.endHint'),
    press: () => void lab.ask(host.endRun({ slot: 'training' })),
  })}`;
}
