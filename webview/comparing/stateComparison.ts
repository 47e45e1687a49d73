/** Repeat of two runs: how far the hidden states moved in each block, and what each state of one token would predict. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Lens } from '../../src/protocol/runs';
import { range } from '../picture/at';
import { percent } from '../picture/numbers';
import { explanation } from '../side';
import type { Inspector, ViewMaker } from '../view';
import { layerName, lensToken } from '../views/repeatLens';
import { title } from '../views/title';
import { activations, movePair, pairLabel, type Compared } from './compared';
import { otherSpace } from './embedComparison';
import { frame } from './frame';
import { statesMoved } from './statesMoved';
import { vectorPair } from './vectors';

export const stateComparison: ViewMaker = (inspector) => ({
  stage: () => {
    const { t, place } = inspector;
    const { block } = place.value;
    const about = html`${t('inspector.blockN', { n: block })}`;
    return frame(inspector, title(inspector, 'repeat', about), (compared) => {
      const hasBlock = [compared.a, compared.b].every(({ model }) => block < model.config.layers);
      const name = `blocks.${String(block)}.resid_post`;
      return html`${statesMoved(inspector, compared)} ${lens(inspector, compared)}
      ${otherSpace(inspector)}
      ${
        hasBlock
          ? vectorPair(inspector, {
              ...activations(inspector, name, compared.pair),
              caption: name,
              axis: t('inspector.dimension'),
            })
          : html`<p>${t('compare.noBlock')}</p>`
      }`;
    });
  },
  side: () => explanation(inspector, { step: 'repeat', formulas: ['repeat'] }),
  moves: { x: (by) => movePair(inspector, by) },
});

/** The likeliest token of each state of the chosen pair, in both runs. */
function lens(inspector: Inspector, { pair, a, b }: Compared): TemplateResult | typeof nothing {
  const { t, numbers, other, labels } = inspector;
  const [was, is] = [numbers.ask('lens', { top: 1 }), other.numbers.ask('lens', { top: 1 })];
  if (!was || !is) return nothing;
  const rows = Math.max(a.model.config.layers, b.model.config.layers) + 1;
  const cells = (lens: Lens, position: number | undefined, layer: number) => {
    if (position === undefined || layer >= lens.shape[0])
      return html`<td></td>
        <td></td>`;
    const { id, probability } = lensToken(lens, { layer, position });
    const names = lens === was ? labels : other.labels;
    return html`<td>${names.chip(id)}</td>
      <td class="num">${percent(probability)}</td>`;
  };
  return html`<h2>${t('inspector.lens')} · ${pairLabel(inspector, pair)}</h2>
    <table class="plain compared-table">
      <thead>
        <tr>
          <th scope="col">${t('inspector.block')}</th>
          <th scope="col">A</th>
          <th scope="col" class="num">p</th>
          <th scope="col">B</th>
          <th scope="col" class="num">p</th>
        </tr>
      </thead>
      <tbody>
        ${range(rows).map(
          (layer) =>
            html`<tr>
              <th scope="row">${layerName(inspector, layer)}</th>
              ${cells(was, pair.before, layer)} ${cells(is, pair.after, layer)}
            </tr>`,
        )}
      </tbody>
    </table>`;
}
