/** The config of a model as a form. A change that would break another number moves that number along. */
import type { Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { Initialisation, ModelForm } from '../../../src/protocol/labForms';
import type { Activation } from '../../../src/protocol/modelConfig';
import { check, choice, numberField } from '../fields';
import type { Lab } from '../lab';
import { vocabularySize } from './vocabularySize';

export function modelForm(lab: Lab, typedSize: Signal<number | undefined>): TemplateResult {
  const { t, form } = lab;
  const { model } = form.value;
  const set = (patch: Partial<ModelForm>): void => {
    form.value = { ...form.value, model: { ...model, ...patch } };
  };
  return html`<fieldset>
      <legend>${t('lab.model.sizes')}</legend>
      <div class="form">${sizes(lab, model, set)} ${sizeField(lab, typedSize)}</div>
    </fieldset>
    <fieldset>
      <legend>${t('lab.model.parts')}</legend>
      <div class="form">${parts(lab, model, set)}</div>
    </fieldset>
    <fieldset>
      <legend>${t('lab.model.start')}</legend>
      <div class="form">${start(lab, model, set)}</div>
    </fieldset>`;
}

type Set = (patch: Partial<ModelForm>) => void;

function sizes({ t }: Lab, model: ModelForm, set: Set): TemplateResult {
  const { layers, heads, width, hidden, context } = model;
  const most = 8192;
  const whole = (from: number, to: number) => ({ from, to, whole: true });
  return html`${numberField({
    label: t('lab.model.layers'),
    value: layers,
    allowed: whole(0, 64),
    take: (value) => {
      set({ layers: value });
    },
  })}
  ${numberField({
    label: t('lab.model.heads'),
    value: heads,
    allowed: whole(1, 64),
    take: (value) => {
      set({ heads: value, keyValueHeads: value, headSize: width / value });
    },
  })}
  ${numberField({
    label: t('lab.model.width'),
    hint: t('lab.model.widthHint'),
    value: width,
    allowed: whole(1, most),
    take: (value) => {
      // The feed-forward network keeps its proportion.
      set({ width: value, headSize: value / heads, hidden: Math.round((hidden / width) * value) });
    },
  })}
  ${numberField({
    label: t('lab.model.hidden'),
    hint: t('lab.model.hiddenHint'),
    value: hidden,
    allowed: whole(1, 4 * most),
    take: (value) => {
      set({ hidden: value });
    },
  })}
  ${numberField({
    label: t('lab.model.context'),
    hint: t('lab.model.contextHint'),
    value: context,
    allowed: whole(1, 4096),
    take: (value) => {
      set({ context: value });
    },
  })}`;
}

/** Shown where nobody knows the number before the tokenizer is read. */
function sizeField(
  lab: Lab,
  typedSize: Signal<number | undefined>,
): TemplateResult | typeof nothing {
  if (vocabularySize(lab) !== undefined) return nothing;
  return numberField({
    label: lab.t('lab.vocabulary.size'),
    hint: lab.t('lab.model.vocabularyHint'),
    value: typedSize.value ?? '',
    allowed: { from: 1, to: 1_000_000, whole: true },
    take: (value) => {
      typedSize.value = value;
    },
  });
}

const activations: readonly Activation[] = [
  'gelu_new',
  'gelu',
  'relu',
  'silu_gated',
  'identity',
  'none',
];

function parts(lab: Lab, model: ModelForm, set: Set): TemplateResult {
  const { t } = lab;
  const { norm, normPlace, position, activation } = model;
  return html`${choice<ModelForm['norm']>({
    label: t('lab.model.norm'),
    value: norm,
    options: (['layer', 'rms', 'none'] as const).map((kind) => [kind, t(`lab.norm.${kind}`)]),
    take: (value) => {
      set({ norm: value });
    },
  })}
  ${choice<ModelForm['normPlace']>({
    label: t('lab.model.normPlace'),
    value: normPlace,
    disabled: norm === 'none',
    options: (['pre', 'post'] as const).map((kind) => [kind, t(`lab.normPlace.${kind}`)]),
    take: (value) => {
      set({ normPlace: value });
    },
  })}
  ${choice<ModelForm['position']>({
    label: t('lab.model.position'),
    value: position,
    options: (['learned', 'sinusoidal', 'rotary', 'none'] as const).map((kind) => [
      kind,
      t(`lab.position.${kind}`),
    ]),
    take: (value) => {
      set({ position: value });
    },
  })}
  ${choice<Activation>({
    label: t('lab.model.activation'),
    value: activation,
    options: activations.map((kind) => [kind, t(`lab.activation.${kind}`)]),
    take: (value) => {
      set({ activation: value });
    },
  })}
  ${choice<'causal' | 'none'>({
    label: t('lab.model.mask'),
    value: model.mask ?? 'causal',
    options: (['causal', 'none'] as const).map((kind) => [kind, t(`lab.mask.${kind}`)]),
    take: (value) => {
      set({ mask: value });
    },
  })}
  ${extras(lab, model, set)}`;
}

function extras({ t }: Lab, { biases, tied }: ModelForm, set: Set): TemplateResult {
  return html`${check({
    label: t('lab.model.biases'),
    checked: biases,
    take: (checked) => {
      set({ biases: checked });
    },
  })}
  ${check({
    label: t('lab.model.tied'),
    hint: t('lab.model.tiedHint'),
    checked: tied,
    take: (checked) => {
      set({ tied: checked });
    },
  })}`;
}

function start({ t, form }: Lab, { initialisation }: ModelForm, set: Set): TemplateResult {
  const { training } = form.value;
  return html`${choice<Initialisation>({
    label: t('lab.model.initialisation'),
    hint: t('lab.model.initialisationHint'),
    value: initialisation,
    options: (['normal', 'xavier', 'he'] as const).map((kind) => [
      kind,
      t(`lab.initialisation.${kind}`),
    ]),
    take: (value) => {
      set({ initialisation: value });
    },
  })}
  ${numberField({
    label: t('lab.seed'),
    hint: t('inspector.seedHint'),
    value: training.seed,
    allowed: { from: 0, to: 2 ** 32 - 1, whole: true },
    take: (seed) => {
      form.value = { ...form.value, training: { ...training, seed } };
    },
  })}`;
}
