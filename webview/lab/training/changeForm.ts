/** What may be changed while a run goes on; it holds from the next step on. */
import { html, type TemplateResult } from 'lit';
import type { RunDescription } from '../../../src/protocol/labApi';
import type { RunChange, TrainingForm } from '../../../src/protocol/labForms';
import { numberField, pressButton, textField } from '../fields';
import type { Lab } from '../lab';

export function changeForm(lab: Lab, run: RunDescription): TemplateResult {
  const { t, host } = lab;
  const log = lab.logOf(run);
  const { training } = log.description.value?.form ?? run.form;
  const change = (what: RunChange): void => {
    void lab.ask(host.change({ run: run.run, change: what }));
  };
  const followSchedule = (): void => {
    void lab.ask(host.followSchedule({ run: run.run }));
  };
  return html`<details class="fold">
    <summary>${t('lab.training.change')}</summary>
    <div class="form">
      ${fields(lab, { training, rate: run.fixedRate ?? log.rate.at(-1), change, followSchedule })}
    </div>
  </details>`;
}

interface Changeable {
  readonly training: TrainingForm;
  /** That was set, or of the last step. */
  readonly rate: number | undefined;
  readonly change: (what: RunChange) => void;
  readonly followSchedule: () => void;
}

function fields(
  { t }: Lab,
  { training, rate, change, followSchedule }: Changeable,
): TemplateResult {
  return html`${numberField({
    label: t('lab.training.rate'),
    hint: t('lab.training.rateHint'),
    value: rate ?? training.rate,
    allowed: { from: 0, to: 100 },
    take: (now) => {
      change({ rate: now });
    },
  })}
  ${pressButton({
    label: t('lab.training.schedule'),
    press: followSchedule,
  })}
  ${numberField({
    label: t('lab.training.decay'),
    value: training.decay,
    allowed: { from: 0, to: 10 },
    take: (decay) => {
      change({ decay });
    },
  })}
  ${numberField({
    label: t('lab.training.clip'),
    value: training.clip,
    allowed: { from: 0, to: 1e6 },
    take: (clip) => {
      change({ clip });
    },
  })}
  ${numberField({
    label: t('lab.training.steps'),
    value: training.steps,
    allowed: { from: 1, to: 10_000_000, whole: true },
    take: (steps) => {
      change({ steps });
    },
  })}
  ${textField({
    label: t('lab.training.freeze'),
    hint: t('lab.training.freezeHint'),
    value: training.freeze.join(' '),
    take: (typed) => {
      change({ freeze: typed.split(/\s+/).filter((glob) => glob !== '') });
    },
  })}`;
}
