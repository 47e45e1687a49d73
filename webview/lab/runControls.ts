/** The buttons of a run, and the line that says how it stands. */
import { html, nothing, type TemplateResult } from 'lit';
import { fixed, grouped } from '../picture/numbers';
import { pressButton } from './fields';
import type { Lab } from './lab';
import type { RunActions } from './runActions';
import type { RunLog } from './runLog';

export function runControls({ t }: Lab, log: RunLog, actions: RunActions): TemplateResult {
  const { state } = log.state.value;
  const isBusy = actions.isBusy.value;
  const isOver = state === 'finished';
  return html`${pressButton({
    label: state === 'running' ? t('lab.pause') : t(log.step > 0 ? 'lab.resume' : 'lab.start'),
    appearance: 'primary',
    disabled: isOver || (isBusy && state !== 'running'),
    focus: 'run-toggle',
    press: () => void actions.toggle(),
  })}
  ${pressButton({
    label: t('lab.oneStep'),
    disabled: isOver || isBusy || state === 'running',
    focus: 'run-step',
    press: () => void actions.step(),
  })}`;
}

/** Step of how many, the last loss, tokens a second, and why it stopped where it did. */
export function stateLine(lab: Lab, log: RunLog): TemplateResult | typeof nothing {
  const { t } = lab;
  log.follow();
  const run = log.description.value;
  if (run === undefined) return nothing;
  const state = log.state.value;
  const { steps } = run.form.training;
  const loss = log.nats.at(-1);
  const speed = tokensPerSecond(log);
  return html`<p class="run-state" role="status" data-state=${state.state} data-step=${log.step}>
      <b>${t(`lab.state.${state.state}`)}</b>
      <span class="num">${t('lab.stepOf', { n: grouped(log.step), of: grouped(steps) })}</span>
      ${loss === undefined ? nothing : html`<span class="num">${t('lab.lossNow', { nats: fixed(loss, 3) })}</span>`}
      ${speed === undefined ? nothing : html`<span class="num">${t('lab.speed', { n: grouped(speed) })}</span>`}
      <span class="num dim">${run.device}</span>
      ${log.saved === undefined ? nothing : html`<span class="dim">${t('lab.savedStep', { n: grouped(log.saved) })}</span>`}
    </p>
    ${
      state.state === 'failed'
        ? html`<p class="notice" role="alert">${lab.failureText(state.failure)}</p>`
        : nothing
    }
    ${log.moved === undefined ? nothing : html`<p class="notice" role="alert">${movedText(lab, log.moved)}</p>`}`;
}

function movedText({ t, failureText }: Lab, moved: NonNullable<RunLog['moved']>): string {
  const { step, device, why } = moved;
  return `${failureText(why)} ${t('lab.moved', { step: grouped(step), device })}`;
}

/** Over the last twenty steps, by the time of the steps alone. */
function tokensPerSecond({ ms, description }: RunLog): number | undefined {
  const run = description.value;
  const recent = ms.slice(-20).filter((each) => Number.isFinite(each));
  const spent = recent.reduce((sum, each) => sum + each, 0);
  if (run === undefined || spent === 0) return undefined;
  const tokens = recent.length * run.form.training.batch * run.config.context;
  return (1000 * tokens) / spent;
}
