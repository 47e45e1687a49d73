/** How large the one change is, where it has a size, how long both twins learn, and from which texts. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Change, Experiment } from '../../../src/protocol/labExperiments';
import type { MessageKey } from '../../l10n';
import type { Allowed } from '../../settings';
import { numberField, pressButton, textField } from '../fields';
import type { Lab } from '../lab';
import { corpusForm } from '../vocabulary/corpusForm';

export function changeFields(
  lab: Lab,
  experiment: Experiment,
  take: (experiment: Experiment) => void,
): TemplateResult {
  const { t } = lab;
  const { baseline } = experiment;
  const { change } = experiment;
  const size = sizeOf(change);
  return html`${texts(lab, experiment, take)}
    <div class="form">
      ${
        size
          ? numberField({
              label: t(size.label),
              value: size.value,
              allowed: size.allowed,
              take: (value) => {
                take({ ...experiment, change: size.with(value) });
              },
            })
          : nothing
      }
      ${numberField({
        label: t('lab.training.steps'),
        value: baseline.training.steps,
        allowed: { from: 1, to: 1_000_000, whole: true },
        take: (steps) => {
          const training = { ...baseline.training, steps };
          take({ ...experiment, baseline: { ...baseline, training } });
        },
      })}
      ${numberField({
        label: t('lab.seed'),
        hint: t('inspector.seedHint'),
        value: baseline.training.seed,
        allowed: { from: 0, to: 2 ** 32 - 1, whole: true },
        take: (seed) => {
          const training = { ...baseline.training, seed };
          take({ ...experiment, baseline: { ...baseline, training } });
        },
      })}
      ${textField({
        label: t('lab.experiments.probes'),
        hint: t('lab.experiments.probesHint'),
        value: experiment.probes.join('\n'),
        lines: 2,
        take: (typed) => {
          take({ ...experiment, probes: typed.split('\n').filter((line) => line !== '') });
        },
      })}
    </div>`;
}

/** The texts of the baseline, folded away, and of a change that brings a second one. */
function texts(
  lab: Lab,
  experiment: Experiment,
  take: (experiment: Experiment) => void,
): TemplateResult {
  const { t } = lab;
  const { baseline, change } = experiment;
  return html`<details class="fold">
      <summary>${t('lab.experiments.baselineOf')}</summary>
      ${corpusForm(lab, {
        title: t('lab.corpus.title'),
        corpora: baseline.corpora,
        take: (corpora) => {
          take({ ...experiment, baseline: { ...baseline, corpora } });
        },
      })}
      <div class="buttons">
        ${pressButton({
          label: t('lab.experiments.takeForm'),
          title: t('lab.experiments.takeFormHint'),
          focus: 'take-form',
          press: () => {
            take({ ...experiment, baseline: lab.form.peek() });
          },
        })}
      </div>
    </details>
    ${
      change.kind === 'second-corpus'
        ? corpusForm(lab, {
            title: t('lab.experiments.second'),
            corpora: change.corpora,
            take: (corpora) => {
              take({ ...experiment, change: { ...change, corpora } });
            },
          })
        : nothing
    }`;
}

interface SizeField {
  readonly label: MessageKey;
  readonly value: number;
  readonly allowed: Allowed;
  readonly with: (value: number) => Change;
}

/** The number that a change has, if it has one. */
function sizeOf(change: Change): SizeField | undefined {
  switch (change.kind) {
    case 'freeze-block':
      return {
        label: 'lab.block',
        value: change.block,
        allowed: { from: 0, to: 63, whole: true },
        with: (block) => ({ ...change, block }),
      };
    case 'weight-decay':
      return {
        label: 'lab.training.decay',
        value: change.decay,
        allowed: { from: 0, to: 10 },
        with: (decay) => ({ ...change, decay }),
      };
    case 'wider':
      return {
        label: 'lab.experiments.factor',
        value: change.factor,
        allowed: { from: 2, to: 16, whole: true },
        with: (factor) => ({ ...change, factor }),
      };
    case 'learning-rate':
      return {
        label: 'lab.experiments.factor',
        value: change.factor,
        allowed: { from: 0.0001, to: 10_000 },
        with: (factor) => ({ ...change, factor }),
      };
    case 'label-noise':
      return {
        label: 'lab.training.labelNoise',
        value: change.share,
        allowed: { from: 0, to: 1 },
        with: (share) => ({ ...change, share }),
      };
    case 'second-corpus':
    case 'tiny-corpus':
      return textSize(change);
    case 'freeze-embeddings':
    case 'freeze-output':
    case 'fix-embedding-norm':
    case 'no-norm':
    case 'no-activation':
    case 'no-positions':
    case 'no-mask':
      return undefined;
  }
}

/** Where the changed text begins or ends. */
function textSize(change: Extract<Change, { kind: 'second-corpus' | 'tiny-corpus' }>): SizeField {
  switch (change.kind) {
    case 'second-corpus':
      return {
        label: 'lab.experiments.fromStep',
        value: change.fromStep,
        allowed: { from: 2, to: 1_000_000, whole: true },
        with: (fromStep) => ({ ...change, fromStep }),
      };
    case 'tiny-corpus':
      return {
        label: 'lab.corpus.characters',
        value: change.characters,
        allowed: { from: 10, to: 10_000_000, whole: true },
        with: (characters) => ({ ...change, characters }),
      };
  }
}
