/** The model as a form, and beside it where each of its parameters is and what it costs. */
import { effect, signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { ParameterTable } from '../../../src/protocol/labLessons';
import type { Failure } from '../../../src/protocol/failures';
import { grouped } from '../../picture/numbers';
import { watch } from '../../watch';
import type { Lab, Section } from '../lab';
import { fitting } from './fitting';
import { modelForm } from './modelForm';
import { parameterTable } from './parameterTable';
import { startingWeight } from './startingWeight';
import { vocabularySize } from './vocabularySize';

export function model(lab: Lab): Section {
  const { t, host } = lab;
  const table = signal<ParameterTable | undefined>(undefined);
  const fault = signal<Failure | undefined>(undefined);
  const typedSize = signal<number | undefined>(undefined);
  const starting = startingWeight(lab);
  let asked = '';
  const ask = async (): Promise<void> => {
    const { model: form, training } = lab.form.value;
    const vocabulary = vocabularySize(lab) ?? typedSize.value;
    const key = JSON.stringify([form, vocabulary, training.batch]);
    if (vocabulary === undefined || key === asked) return;
    asked = key;
    const outcome = await host.parameterTable({ model: form, vocabulary, batch: training.batch });
    // The form may have changed meanwhile; then another answer is on its way.
    if (asked !== key) return;
    table.value = outcome.ok ? outcome.value : undefined;
    fault.value = outcome.ok ? undefined : outcome.failure;
  };
  let stop: (() => void) | undefined;
  const cost = (): TemplateResult | typeof nothing => {
    if (fault.value) return html`<p class="faults" role="alert">${explain(lab, fault.value)}</p>`;
    const known = table.value;
    const vocabulary = vocabularySize(lab) ?? typedSize.value;
    if (known === undefined || vocabulary === undefined) return nothing;
    return html`${parameterTable(lab, known)} ${watch(() => starting(known, vocabulary))}`;
  };
  return {
    says: () =>
      table.value ? t('inspector.parameters', { p: grouped(table.value.parameters) }) : '',
    stage: () => {
      stop ??= effect(() => void ask());
      return html`${watch(() => modelForm(lab, typedSize))} ${watch(cost)}`;
    },
  };
}

/** What is wrong with the form; of a width that the heads cannot share, which ones they could. */
function explain({ form, failureText, t }: Lab, failure: Failure): string {
  const { width, heads } = form.value.model;
  if (width % heads === 0) return failureText(failure);
  const [below, above] = fitting(width, heads);
  return t('lab.model.widthFits', { width, heads, below, above });
}
