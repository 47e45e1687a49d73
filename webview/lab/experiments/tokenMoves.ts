/** How far each token's vector moved in both twins, its norm before and after, and how its direction turned. */
import type { Signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import type { Moves, TokenMoves } from '../../../src/protocol/labExperiments';
import type { Labels } from '../../labels';
import { at } from '../../picture/at';
import { fixed } from '../../picture/numbers';
import { chart } from '../chart';
import type { Lab } from '../lab';

/** Rows of the table: those that moved furthest. */
const shown = 24;

export interface MovesPicture {
  readonly moves: TokenMoves;
  readonly labels: Labels;
  readonly cursor: Signal<number | undefined>;
}

export function tokenMoves(lab: Lab, { moves, labels, cursor }: MovesPicture): TemplateResult {
  const { t } = lab;
  const { baseline, twin } = moves;
  const order = Array.from(baseline.distance.keys()).sort(
    (a, b) => furthest(moves, b) - furthest(moves, a),
  );
  const along = (values: Float32Array): number[] => order.map((id) => at(values, id));
  return html`<h2>${t('lab.moves.title')}</h2>
    <dl class="facts moves">
      <dt>${t('lab.moves.meanBaseline')}</dt>
      <dd>${fixed(mean(baseline), 4)}</dd>
      <dt>${t('lab.moves.meanTwin')}</dt>
      <dd>${fixed(mean(twin), 4)}</dd>
    </dl>
    ${chart(lab, {
      name: 'moves',
      title: t('lab.moves.distance'),
      unit: '‖Δ‖',
      xName: t('lab.moves.rank'),
      xs: order.map((_, rank) => rank + 1),
      lines: [
        { name: t('lab.experiments.baseline'), values: along(baseline.distance), colour: 'q' },
        {
          name: t('lab.experiments.twin'),
          values: along(twin.distance),
          colour: 'k',
          dashed: true,
        },
      ],
      write: (value) => fixed(value, 3),
      cursor,
    })}
    <div class="scroll tall" tabindex="0" role="region" aria-label=${t('lab.moves.title')}>
      ${table(lab, moves, { labels, ids: order.slice(0, shown) })}
    </div>`;
}

function table(
  { t }: Lab,
  { baseline, twin }: TokenMoves,
  { labels, ids }: { readonly labels: Labels; readonly ids: readonly number[] },
): TemplateResult {
  const cells = ({ distance, normBefore, normAfter, cosine }: Moves, id: number) =>
    html`<td>${fixed(at(distance, id), 3)}</td>
      <td>${fixed(at(normBefore, id), 2)} → ${fixed(at(normAfter, id), 2)}</td>
      <td>${fixed(at(cosine, id), 3)}</td>`;
  const heads = html`<th scope="col">‖Δ‖</th>
    <th scope="col">${t('inspector.norm')}</th>
    <th scope="col">${t('lab.moves.cosine')}</th>`;
  return html`<table class="listing token-moves">
    <thead>
      <tr>
        <td></td>
        <th scope="colgroup" colspan="3">${t('lab.experiments.baseline')}</th>
        <th scope="colgroup" colspan="3">${t('lab.experiments.twin')}</th>
      </tr>
      <tr>
        <th scope="col">${t('inspector.token')}</th>
        ${heads} ${heads}
      </tr>
    </thead>
    <tbody>
      ${ids.map(
        (id) =>
          html`<tr>
            <th scope="row">${labels.chip(id)}</th>
            ${cells(baseline, id)} ${cells(twin, id)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function furthest({ baseline, twin }: TokenMoves, id: number): number {
  return Math.max(at(baseline.distance, id), at(twin.distance, id));
}

function mean({ distance }: Moves): number {
  const finite = distance.filter((x) => Number.isFinite(x));
  return finite.reduce((sum, x) => sum + x, 0) / finite.length;
}
