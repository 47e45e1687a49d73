/** What a step was like in numbers: every weight, every activation. */
import { html, type TemplateResult } from 'lit';
import type { RunDescription, TensorStatistics } from '../../../src/protocol/labApi';
import { fixed, powerOfTen, shapeText } from '../../picture/numbers';
import type { Lab } from '../lab';

export interface WeightRows {
  readonly statistics: TensorStatistics;
  readonly choose?: (name: string) => void;
}

/** A weight's name opens its numbers where there is something to open. */
export function weightTable(
  { t }: Lab,
  run: RunDescription,
  { statistics, choose }: WeightRows,
): TemplateResult {
  const { weightNorm, gradientNorm, updateRatio } = statistics;
  const small = (x: number): string =>
    x === 0 || Number.isNaN(x) ? fixed(x, 0) : powerOfTen(x, 1);
  return html`<table class="listing">
    <thead>
      <tr>
        <th scope="col">${t('lab.parameters.tensor')}</th>
        <th scope="col">${t('lab.parameters.shape')}</th>
        <th scope="col">${t('lab.tensors.weight')}</th>
        <th scope="col">${t('lab.tensors.gradient')}</th>
        <th scope="col">${t('lab.tensors.ratio')}</th>
      </tr>
    </thead>
    <tbody>
      ${run.weights.map(
        ({ name, shape }, row) =>
          html`<tr>
            <th scope="row">
              ${
                choose
                  ? html`<button
                      class="link"
                      @click=${() => {
                        choose(name);
                      }}
                    >
                      ${name}
                    </button>`
                  : name
              }
            </th>
            <td>${shapeText(...shape)}</td>
            <td>${fixed(weightNorm[row] ?? Number.NaN, 3)}</td>
            <td>${small(gradientNorm[row] ?? Number.NaN)}</td>
            <td>${small(updateRatio[row] ?? Number.NaN)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function activationTable({ t }: Lab, { activations }: TensorStatistics): TemplateResult {
  return html`<table class="listing">
    <thead>
      <tr>
        <th scope="col">${t('lab.tensors.activation')}</th>
        <th scope="col">${t('lab.tensors.mean')}</th>
        <th scope="col">${t('lab.tensors.deviation')}</th>
        <th scope="col">${t('lab.tensors.largest')}</th>
        <th scope="col">${t('lab.tensors.zeros')}</th>
      </tr>
    </thead>
    <tbody>
      ${activations.map(
        ({ name, mean, deviation, largest, zeros }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${fixed(mean, 3)}</td>
            <td>${fixed(deviation, 3)}</td>
            <td>${fixed(largest, 2)}</td>
            <td>${fixed(100 * zeros, 1)} %</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
