/** One change at a time: choose it, write down what you expect, run both twins, compare. */
import { effect, signal, untracked } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { Experiment, OpenExperiment } from '../../../src/protocol/labExperiments';
import { watch } from '../../watch';
import { pressButton, textField } from '../fields';
import type { Lab, Section } from '../lab';
import { savedLine } from '../savedLine';
import { stateLine } from '../runControls';
import { changeFields } from './changeFields';
import { experimentList } from './experimentList';
import { resultOf } from './result';
import { twinCharts } from './twinCharts';

export class ExperimentsSection implements Section {
  readonly #lab: Lab;
  readonly #charts;
  readonly #result;
  /** The experiment that is being put together. */
  readonly #draft = signal<Experiment | undefined>(undefined);
  readonly #saved = signal<string | undefined>(undefined);
  readonly #isBusy = signal(false);
  #stopTaking: (() => void) | undefined;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#charts = twinCharts(lab);
    this.#result = resultOf(lab);
  }

  says(): string {
    const { state, t } = this.#lab;
    const open = state.value.experiment;
    return open ? t(`lab.change.${open.content.change.kind}`) : '';
  }

  stage(): TemplateResult {
    untracked(() => {
      this.#takeOpened();
    });
    const choose = (experiment: Experiment): void => {
      this.#choose(experiment);
    };
    return html`${watch(() => experimentList(this.#lab, { chosen: this.#draft.value, choose }))}
    ${watch(() => this.#draftStage())} ${watch(() => this.#openStage())}`;
  }

  key(key: string): boolean {
    if (key !== ' ' || this.#lab.state.peek().experiment === undefined) return false;
    void this.#toggle();
    return true;
  }

  #choose(experiment: Experiment): void {
    this.#draft.value = experiment;
    this.#saved.value = undefined;
  }

  /** Experiments that are opened from outside of the panel. */
  #takeOpened(): void {
    this.#stopTaking ??= effect(() => {
      const opened = this.#lab.opened.value;
      if (opened === undefined) return;
      this.#lab.opened.value = undefined;
      this.#choose(opened);
    });
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#isBusy.peek()) return;
    this.#isBusy.value = true;
    try {
      await work();
    } finally {
      this.#isBusy.value = false;
    }
  }

  #run(experiment: Experiment): Promise<void> {
    const { host, ask } = this.#lab;
    return this.#alone(async () => {
      const made = await ask(host.makeExperiment({ experiment }));
      if (made) await ask(host.startExperiment({ experiment: made.experiment }));
    });
  }

  #toggle(): Promise<void> {
    const { host, ask, state } = this.#lab;
    return this.#alone(async () => {
      const open = state.peek().experiment;
      if (open === undefined || isOver(this.#lab, open)) return;
      const { experiment } = open.description;
      const request = isRunning(this.#lab, open)
        ? host.pauseExperiment({ experiment })
        : host.startExperiment({ experiment });
      await ask(request);
    });
  }

  #draftStage(): TemplateResult | typeof nothing {
    const shown = this.#draft.value;
    if (shown === undefined) return nothing;
    const { t } = this.#lab;
    const { kind } = shown.change;
    return html`<section class="draft" data-change=${kind}>
      <h2>${t(`lab.change.${kind}`)}</h2>
      <p class="lead">${t(`lab.change.${kind}.says`)}</p>
      ${changeFields(this.#lab, shown, (experiment) => {
        this.#choose(experiment);
      })}
      <div class="form">
        ${textField({
          label: t('lab.experiments.prediction'),
          placeholder: t('lab.experiments.predictionHint'),
          value: shown.prediction,
          lines: 2,
          take: (prediction) => {
            this.#draft.value = { ...shown, prediction };
          },
        })}
      </div>
      ${this.#draftButtons(shown)}
    </section>`;
  }

  #draftButtons(shown: Experiment): TemplateResult {
    const { t, host, ask } = this.#lab;
    const isPredicted = shown.prediction.trim() !== '';
    const save = async (): Promise<void> => {
      this.#saved.value = await ask(host.saveExperiment({ experiment: shown }));
    };
    return html`<div class="buttons">
      ${pressButton({
        label: t('lab.experiments.run'),
        appearance: 'primary',
        disabled: !isPredicted || this.#isBusy.value,
        title: t('lab.experiments.runHint'),
        focus: 'experiment-run',
        press: () => void this.#run(shown),
      })}
      ${pressButton({ label: t('lab.experiments.save'), press: () => void save() })}
      ${isPredicted ? nothing : html`<span class="dim">${t('lab.experiments.first')}</span>`}
      ${savedLine(this.#lab, this.#saved.value)}
    </div>`;
  }

  #openStage(): TemplateResult | typeof nothing {
    const lab = this.#lab;
    const { t } = lab;
    const open = lab.state.value.experiment;
    if (open === undefined) return nothing;
    const { baseline, twin } = open.description;
    return html`<section class="open-experiment" data-change=${open.content.change.kind}>
      <h2>${t(`lab.change.${open.content.change.kind}`)}</h2>
      <p class="prediction">${t('lab.experiments.expected')} <q>${open.content.prediction}</q></p>
      ${watch(() =>
        isOver(lab, open)
          ? nothing
          : html`<div class="buttons">
              ${pressButton({
                label: isRunning(lab, open) ? t('lab.pause') : t('lab.resume'),
                disabled: this.#isBusy.value,
                focus: 'experiment-toggle',
                press: () => void this.#toggle(),
              })}
            </div>`,
      )}
      <h2>${t('lab.experiments.baseline')}</h2>
      ${watch(() => stateLine(lab, lab.logOf(baseline)))}
      <h2>${t('lab.experiments.twin')}</h2>
      ${watch(() => stateLine(lab, lab.logOf(twin)))}
      ${watch(() => this.#charts(lab.logOf(baseline), lab.logOf(twin)))}
      ${watch(() => this.#result(open, isOver(lab, open) ? 'over' : 'under way'))}
    </section>`;
  }
}

function statesOf(lab: Lab, { description }: OpenExperiment): readonly string[] {
  return [description.baseline, description.twin].map((run) => lab.logOf(run).state.value.state);
}

function isRunning(lab: Lab, open: OpenExperiment): boolean {
  return statesOf(lab, open).includes('running');
}

function isOver(lab: Lab, open: OpenExperiment): boolean {
  return statesOf(lab, open).every((state) => state === 'finished' || state === 'failed');
}
