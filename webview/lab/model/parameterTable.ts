/** Where every parameter is: each tensor with its share, and what the whole takes in memory and in operations. */
import { html, type TemplateResult } from 'lit';
import type { ParameterRow, ParameterTable } from '../../../src/protocol/labLessons';
import { fixed, grouped, percent, shapeText } from '../../picture/numbers';
import { styleMap } from '../../picture/styleMap';
import { byteText } from '../byteText';
import type { Lab } from '../lab';

export function parameterTable(lab: Lab, table: ParameterTable): TemplateResult {
  return html`<div class="sides">
    <section>
      <h2>${lab.t('lab.parameters.totals')}</h2>
      ${totals(lab, table)} ${byPart(lab, table)}
    </section>
    <section>
      <h2>${lab.t('lab.parameters.title')}</h2>
      <div
        class="scroll tall"
        tabindex="0"
        role="region"
        aria-label=${lab.t('lab.parameters.title')}
      >
        ${listing(lab, table)}
      </div>
    </section>
  </div>`;
}

function totals({ t }: Lab, table: ParameterTable): TemplateResult {
  const { parameters, neurons, weightBytes, trainingBytes, cacheBytes } = table;
  const rows: readonly (readonly [string, string])[] = [
    [t('lab.parameters.count'), grouped(parameters)],
    [t('lab.parameters.neurons'), grouped(neurons)],
    [t('lab.parameters.weightBytes'), byteText(weightBytes)],
    [t('lab.parameters.trainingBytes'), byteText(trainingBytes)],
    [t('lab.parameters.cacheBytes'), byteText(cacheBytes)],
    [t('lab.parameters.flops'), flops(table.flopsPerToken)],
    [t('lab.parameters.trainingFlops'), flops(table.trainingFlopsPerToken)],
  ];
  return html`<dl class="facts">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

function flops(count: number): string {
  return count >= 1e5 ? `${fixed(count / 1e6, count >= 1e7 ? 1 : 2)} M` : grouped(count);
}

/** A bar a part, so that it is seen at once where most of them are. */
function byPart({ t }: Lab, { rows, parameters }: ParameterTable): TemplateResult {
  const sums = new Map<ParameterRow['part'], number>();
  for (const { part, parameters: n } of rows) sums.set(part, (sums.get(part) ?? 0) + n);
  return html`<table class="listing shares">
    <caption class="sr">
      ${t('lab.parameters.shares')}
    </caption>
    <tbody>
      ${[...sums].map(
        ([part, count]) =>
          html`<tr>
            <th scope="row">${t(`lab.part.${part}`)}</th>
            <td>${grouped(count)}</td>
            <td>${percent(count / parameters)}</td>
            <td aria-hidden="true">
              <i
                class=${`bar ${part}`}
                style=${styleMap({ width: `${String((100 * count) / parameters)}%` })}
              ></i>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function listing({ t }: Lab, { rows, parameters, weightBytes }: ParameterTable): TemplateResult {
  return html`<table class="listing">
    <thead>
      <tr>
        <th scope="col">${t('lab.parameters.tensor')}</th>
        <th scope="col">${t('lab.parameters.shape')}</th>
        <th scope="col">${t('lab.parameters.count')}</th>
        <th scope="col">${t('lab.parameters.bytes')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <th scope="row">${row.name}</th>
            <td>${shapeText(...row.shape)}</td>
            <td>${grouped(row.parameters)}</td>
            <td>${byteText(row.bytes)}</td>
          </tr>`,
      )}
    </tbody>
    <tfoot>
      <tr>
        <th scope="row">${t('lab.parameters.total')}</th>
        <td></td>
        <td>${grouped(parameters)}</td>
        <td>${byteText(weightBytes)}</td>
      </tr>
    </tfoot>
  </table>`;
}
