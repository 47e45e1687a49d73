/** How the numbers of a weight are spread before the first step, as the seed draws them. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { ParameterTable, StartingWeight } from '../../../src/protocol/labLessons';
import { grouped } from '../../picture/numbers';
import { choice } from '../fields';
import type { Lab } from '../lab';
import { Pull } from '../pull';
import { short, spread } from '../spread';

/** Between two looks at a form that is being changed. */
const restMs = 100;

/** `table` and `vocabulary` are those of the form as it is filled in. */
export function startingWeight(
  lab: Lab,
): (table: ParameterTable, vocabulary: number) => TemplateResult {
  const { t, host } = lab;
  const chosen = signal('wte.weight');
  const pull = new Pull<StartingWeight>(restMs);
  return (table, vocabulary) => {
    const { model, training } = lab.form.value;
    const names = table.rows.map(({ name }) => name);
    const name = names.includes(chosen.value) ? chosen.value : (names[0] ?? '');
    const request = { model, vocabulary, seed: training.seed, name };
    pull.ask(JSON.stringify(request), () => host.startingWeight(request));
    const weight = pull.value.value;
    return html`<section class="starting">
      <h2>${t('lab.starting.title')}</h2>
      <div class="form">
        ${choice({
          label: t('lab.parameters.tensor'),
          value: name,
          options: names.map((known) => [known, known] as const),
          take: (other) => {
            chosen.value = other;
          },
        })}
      </div>
      ${weight?.name === name ? picture(lab, weight) : nothing}
    </section>`;
  };
}

function picture({ t }: Lab, weight: StartingWeight): TemplateResult {
  const { name, shape, mean, deviation, values } = weight;
  const count = shape.reduce((product, size) => product * size, 1);
  return html`<dl class="facts">
      <dt>${t('lab.tensors.mean')}</dt>
      <dd>${short(mean)}</dd>
      <dt>${t('lab.tensors.deviation')}</dt>
      <dd>${short(deviation)}</dd>
    </dl>
    ${spread(name, { shape, values })}
    ${
      values.length < count
        ? html`<p class="dim small">
            ${t('lab.starting.first', { n: grouped(values.length), of: grouped(count) })}
          </p>`
        : nothing
    }`;
}
