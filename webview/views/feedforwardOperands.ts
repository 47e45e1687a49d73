/** One neuron written out: from what it reads to what it gives. */
import { html, nothing, type TemplateResult } from 'lit';
import { numberName, type NumberName } from '../numberPlace';
import { at } from '../picture/at';
import { ledger, topProducts } from '../picture/ledger';
import { fixed, powerOfTen } from '../picture/numbers';
import type { Inspector } from '../view';
import { activationFunction } from './activationFunctions';
import type { Neurons } from './feedforwardNeurons';

export function neuronOperands(inspector: Inspector, neurons: Neurons): TemplateResult {
  const { place } = inspector;
  const { block, position, depth } = place.value;
  const neuron = neurons.chosen();
  return html`<p class="what"><code>blocks.${block}.mlp.post[${position}, ${neuron}]</code></p>
    ${nonLinearity(inspector, neurons, neuron)}
    ${depth === 'mathematics' ? reading(inspector, neurons, neuron) : nothing}`;
}

function nonLinearity(
  inspector: Inspector,
  { pre, post }: Neurons,
  neuron: number,
): TemplateResult {
  const { subject, t, place } = inspector;
  const { block, position } = place.value;
  const open = (part: 'pre' | 'post'): NumberName =>
    numberName(`blocks.${block}.mlp.${part}`, [position, neuron]);
  const known = activationFunction(subject.value.model.config.activation);
  const [x, y] = [at(pre, neuron), at(post, neuron)];
  if (!known) {
    return ledger(
      [{ label: 'pre', value: x, links: { value: open('pre') } }],
      [{ label: 'post', value: y, result: true, link: open('post') }],
    );
  }
  const difference = Math.abs(known.of(x) - y);
  const lines = known
    .lines(x)
    .map((line, i) => (i === 0 ? { ...line, links: { value: open('pre') } } : line));
  const total = { label: known.result, value: y, result: true, link: open('post') } as const;
  return html`${ledger(lines, [total], { digits: 4 })}
    <p class="dim small">
      ${t('inspector.recomputed', {
        x: fixed(known.of(x), 4),
        d: difference === 0 ? '0' : powerOfTen(difference),
      })}
    </p>`;
}

/** x̂ · W₁ + b₁ of one neuron, from the weights in the model's file. */
function reading(
  inspector: Inspector,
  { pre }: Neurons,
  neuron: number,
): TemplateResult | typeof nothing {
  const { numbers, place, subject, t } = inspector;
  const { block, position } = place.value;
  const read = subject.value.model.config.normPlace === 'pre' ? 'ln2.normalized' : 'resid_mid';
  const name = weightName(inspector, `h.${block}.mlp.c_fc.weight`);
  if (name === undefined) return nothing;
  const input = numbers.activation(`blocks.${block}.${read}`, [position]);
  const column = numbers.ask('weight', { name, columns: [neuron, neuron + 1] });
  if (!input || !column) return nothing;
  const biasName = weightName(inspector, `h.${block}.mlp.c_fc.bias`);
  const bias = biasName === undefined ? undefined : numbers.weight(biasName, [neuron]);
  const { top, others } = topProducts(input.values, column.values);
  return html`<h2>${t('inspector.whatItReads')}</h2>
    ${ledger(
      [
        ...top.map(({ index, left, right, value }) => ({
          label: `${t('inspector.dimension')} ${index}`,
          left,
          right,
          value,
          links: { left: numberName(`blocks.${block}.${read}`, [position, index]) },
        })),
        { label: t('inspector.others', { n: others.count }), value: others.sum },
        ...(bias ? [{ label: html`<i>b</i>₁`, value: at(bias.values, 0) }] : []),
      ],
      [
        {
          label: 'pre',
          value: at(pre, neuron),
          result: true,
          link: numberName(`blocks.${block}.mlp.pre`, [position, neuron]),
        },
      ],
    )}`;
}

/** The file's name of a GPT-2 weight, which may have a prefix. */
function weightName({ subject }: Inspector, wanted: string): string | undefined {
  return subject.value.model.weights.find(
    ({ name }) => name === wanted || name.endsWith(`.${wanted}`),
  )?.name;
}
