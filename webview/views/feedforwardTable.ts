/** The neurons that write most at this position: their values, what they promote and suppress, where else they fire. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Neurons as StrongestNeurons } from '../../src/protocol/runs';
import { at, largestMagnitude, range } from '../picture/at';
import { follow } from '../picture/follow';
import { pressed } from '../numberLinks';
import { fixed } from '../picture/numbers';
import { signedScaleTo } from '../picture/scale';
import { bars } from '../picture/strip';
import type { Inspector } from '../view';
import { acrossText } from './feedforwardFiring';
import { neuronName, type Neurons } from './feedforwardNeurons';

export interface StrongestTable {
  readonly neurons: Neurons;
  readonly strongest: StrongestNeurons;
}

export function strongestTable(inspector: Inspector, table: StrongestTable): TemplateResult {
  const { t } = inspector;
  const { strongest } = table;
  return html`<div class="scroll">
    <table class="neurons">
      <thead>
        <tr>
          <th scope="col" class="num">#</th>
          <th scope="col" class="num">pre</th>
          <th scope="col" class="num">post</th>
          <th scope="col">${t('inspector.promotes')}</th>
          <th scope="col" class="suppressed">${t('inspector.suppresses')}</th>
          <th scope="col">${t('inspector.acrossText')}</th>
        </tr>
      </thead>
      <tbody>
        ${range(strongest.indices.length).map((row) => neuronRow(inspector, table, row))}
      </tbody>
    </table>
  </div>`;
}

function neuronRow(inspector: Inspector, table: StrongestTable, row: number): TemplateResult {
  const { point, set, labels, place } = inspector;
  const { neurons, strongest } = table;
  const neuron = at(strongest.indices, row);
  const post = at(neurons.post, neuron);
  const ids = (list: Int32Array): readonly number[] =>
    range(strongest.top).map((i) => at(list, row * strongest.top + i));
  // A neuron below zero writes its output weights with the other sign.
  const [up, down] =
    post >= 0
      ? [strongest.promoted, strongest.suppressed]
      : [strongest.suppressed, strongest.promoted];
  return html`<tr
    ${follow(() => ({ background: neurons.chosen() === neuron ? 'var(--band-b)' : '' }))}
    @mouseenter=${() => {
      point({ neuron });
    }}
    @mouseleave=${() => {
      point(undefined);
    }}
    @click=${() => {
      set({ neuron });
    }}
  >
    <th scope="row" class="num"><button data-focus=${`neuron-${neuron}`}>${neuron}</button></th>
    <td class="num">
      ${pressed(fixed(at(neurons.pre, neuron), 2), neuronName(place.value, 'pre', neuron), row === 0 ? 'stop' : 'inside')}
    </td>
    <td class="num"><b>${pressed(fixed(post, 2), neuronName(place.value, 'post', neuron))}</b></td>
    <td>${ids(up).map((id) => labels.chip(id))}</td>
    <td class="suppressed">${ids(down).map((id) => labels.chip(id))}</td>
    <td>${across(inspector, neuron)}</td>
  </tr>`;
}

/** The neuron at every position, as bars on its own scale. */
function across(inspector: Inspector, neuron: number): TemplateResult | typeof nothing {
  const values = acrossText(inspector, neuron);
  if (values === undefined) return nothing;
  const width = Math.min(144, Math.max(56, values.length * 5));
  return bars(values, { width, height: 20, scale: signedScaleTo(largestMagnitude(values)) });
}
