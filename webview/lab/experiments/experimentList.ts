/** All changes there are, one ready experiment each, and the way to one of a file. */
import { html, type TemplateResult } from 'lit';
import type { Experiment } from '../../../src/protocol/labExperiments';
import { roving } from '../../roving';
import { pressButton } from '../fields';
import type { Lab } from '../lab';

export interface Listed {
  readonly chosen: Experiment | undefined;
  readonly choose: (experiment: Experiment) => void;
}

export function experimentList(lab: Lab, { chosen, choose }: Listed): TemplateResult {
  const { t, host, state } = lab;
  const ready = state.value.presets.experiments;
  const current = ready.findIndex(({ change }) => change.kind === chosen?.change.kind);
  const open = async (): Promise<void> => {
    const experiment = await lab.ask(host.openExperiment({}));
    if (experiment) choose(experiment);
  };
  return html`<div
      class="catalogue"
      role="group"
      aria-label=${t('lab.experiments.list')}
      ${roving('move')}
    >
      ${ready.map(
        (experiment, index) =>
          html`<button
            class="quiet"
            tabindex=${index === Math.max(0, current) ? 0 : -1}
            aria-pressed=${index === current ? 'true' : 'false'}
            data-change=${experiment.change.kind}
            @click=${() => {
              choose(experiment);
            }}
          >
            ${t(`lab.change.${experiment.change.kind}`)}
          </button>`,
      )}
    </div>
    <div class="buttons">
      ${pressButton({ label: t('lab.experiments.open'), press: () => void open() })}
    </div>`;
}
