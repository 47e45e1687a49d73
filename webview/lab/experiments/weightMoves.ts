/** How far each tensor moved in both twins: 0 is what was frozen. */
import { html, type TemplateResult } from 'lit';
import type { WeightMove } from '../../../src/protocol/labExperiments';
import { fixed, unknown } from '../../picture/numbers';
import type { Lab } from '../lab';

export function weightMoves({ t }: Lab, moves: readonly WeightMove[]): TemplateResult {
  const written = (distance: number | undefined): string =>
    distance === undefined ? unknown : distance === 0 ? '0' : fixed(distance, 4);
  return html`<details class="fold" open>
    <summary>${t('lab.moves.weights')}</summary>
    <div class="scroll tall" tabindex="0" role="region" aria-label=${t('lab.moves.weights')}>
      <table class="listing weight-moves">
        <thead>
          <tr>
            <th scope="col">${t('lab.parameters.tensor')}</th>
            <th scope="col">${t('lab.experiments.baseline')}</th>
            <th scope="col">${t('lab.experiments.twin')}</th>
          </tr>
        </thead>
        <tbody>
          ${moves.map(
            ({ name, baseline, twin }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${written(baseline)}</td>
                <td>${written(twin)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
