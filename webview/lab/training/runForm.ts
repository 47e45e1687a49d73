/** How a run learns and what is looked at on the way. */
import { html, type TemplateResult } from 'lit';
import type { OptimiserName, TrainingForm, WatchForm } from '../../../src/protocol/labForms';
import type { MessageKey } from '../../l10n';
import type { Allowed } from '../../settings';
import { choice, numberField, textField } from '../fields';
import type { Lab } from '../lab';

export function runForm(lab: Lab): TemplateResult {
  const { t, form } = lab;
  const { training, watch, validationShare } = form.value;
  return html`<fieldset>
      <legend>${t('lab.training.how')}</legend>
      <div class="form">
        ${choice<OptimiserName>({
          label: t('lab.training.optimiser'),
          value: training.optimiser,
          options: (['adamw', 'adam', 'momentum', 'sgd'] as const).map((name) => [
            name,
            t(`lab.optimiser.${name}`),
          ]),
          take: (optimiser) => {
            form.value = { ...form.value, training: { ...training, optimiser } };
          },
        })}
        ${trainingFields.map((field) => trainingField(lab, training, field))}
        ${numberField({
          label: t('lab.training.validationShare'),
          hint: t('lab.training.validationShareHint'),
          value: validationShare,
          allowed: { from: 0, to: 0.5 },
          take: (share) => {
            form.value = { ...form.value, validationShare: share };
          },
        })}
      </div>
    </fieldset>
    <fieldset>
      <legend>${t('lab.training.watch')}</legend>
      <div class="form">
        ${watchFields.map((name) => watchField(lab, watch, name))}
        ${textField({
          label: t('lab.watch.prompts'),
          value: watch.prompts.join('\n'),
          lines: 2,
          take: (typed) => {
            const prompts = typed.split('\n').filter((line) => line !== '');
            form.value = { ...form.value, watch: { ...watch, prompts } };
          },
        })}
      </div>
    </fieldset>`;
}

type NumberOf<Form> = {
  [Name in keyof Form]: Form[Name] extends number ? Name : never;
}[keyof Form];

interface TrainingField {
  readonly name: NumberOf<Required<TrainingForm>>;
  readonly label: MessageKey;
  readonly allowed: Allowed;
}

const whole = (from: number, to: number): Allowed => ({ from, to, whole: true });

const trainingFields: readonly TrainingField[] = [
  { name: 'steps', label: 'lab.training.steps', allowed: whole(1, 10_000_000) },
  { name: 'batch', label: 'lab.training.batch', allowed: whole(1, 4096) },
  { name: 'rate', label: 'lab.training.rate', allowed: { from: 0, to: 100 } },
  { name: 'warmup', label: 'lab.training.warmup', allowed: whole(0, 1_000_000) },
  { name: 'finalRate', label: 'lab.training.finalRate', allowed: { from: 0, to: 1 } },
  { name: 'decay', label: 'lab.training.decay', allowed: { from: 0, to: 10 } },
  { name: 'momentum', label: 'lab.training.momentum', allowed: { from: 0, to: 1 } },
  { name: 'clip', label: 'lab.training.clip', allowed: { from: 0, to: 1e6 } },
  { name: 'dropout', label: 'lab.training.dropout', allowed: { from: 0, to: 0.99 } },
  { name: 'labelNoise', label: 'lab.training.labelNoise', allowed: { from: 0, to: 1 } },
];

function trainingField(
  { t, form }: Lab,
  training: TrainingForm,
  { name, label, allowed }: TrainingField,
): TemplateResult {
  return numberField({
    label: t(label),
    value: training[name],
    allowed,
    disabled: name === 'momentum' && training.optimiser !== 'momentum',
    take: (value) => {
      form.value = { ...form.value, training: { ...training, [name]: value } };
    },
  });
}

const watchFields = [
  'statisticsEvery',
  'validateEvery',
  'sampleEvery',
  'snapshotEvery',
  'sampleTokens',
] as const;

function watchField(
  { t, form }: Lab,
  watch: WatchForm,
  name: (typeof watchFields)[number],
): TemplateResult {
  return numberField({
    label: t(`lab.watch.${name}`),
    hint: t('lab.watch.everyHint'),
    value: watch[name],
    allowed: whole(0, 1_000_000),
    take: (value) => {
      form.value = { ...form.value, watch: { ...watch, [name]: value } };
    },
  });
}
