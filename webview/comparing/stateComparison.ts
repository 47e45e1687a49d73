/** Repeat of two runs: how far the hidden states moved in each block, and what each state of one token would predict. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Lens } from '../../src/protocol/runs';
import { at, range } from '../picture/at';
import { cellSize, matrix, type Cell } from '../picture/matrix';
import { fixed, percent } from '../picture/numbers';
import { signedScaleTo } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { explanation } from '../side';
import type { Inspector, ViewMaker } from '../view';
import { layerName, lensToken } from '../views/repeatLens';
import { title } from '../views/title';
import { activations, choosePair, movePair, pairLabel, type Compared } from './compared';
import { otherSpace } from './embedComparison';
import { frame } from './frame';
import { runDifference } from './headDifferences';
import { vectorPair } from './vectors';

export const stateComparison: ViewMaker = (inspector) => ({
  stage: () => {
    const { t, place } = inspector;
    const { block } = place.value;
    const about = html`${t('inspector.blockN', { n: block })}`;
    return frame(inspector, title(inspector, 'repeat', about), (compared) => {
      const hasBlock = [compared.a, compared.b].every(({ model }) => block < model.config.layers);
      const name = `blocks.${String(block)}.resid_post`;
      return html`${states(inspector, compared)} ${lens(inspector, compared)}
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

/** ‖B − A‖ ÷ ‖A‖ of every state, layers by pairs; only one engine can tell it of two of its runs. */
function states(inspector: Inspector, compared: Compared): TemplateResult | typeof nothing {
  const { t, place, size, set } = inspector;
  if (inspector.other.hasOwnModel) return nothing;
  const moved = runDifference(inspector, compared);
  if (!moved) return nothing;
  const { pairs } = compared;
  const both = pairs.flatMap(({ before, after }, index) =>
    before === undefined || after === undefined ? [] : [index],
  );
  const rows = compared.a.model.config.layers + 1;
  const values = new Float32Array(rows * pairs.length).fill(Number.NaN);
  for (const layer of range(rows))
    both.forEach((column, i) => {
      values[layer * pairs.length + column] = at(moved.states, layer * both.length + i);
    });
  const end = moved.states.reduce((most, x) => (x > most ? x : most), 0);
  const scale = signedScaleTo(end);
  const here = (): Cell => [Math.min(rows - 1, place.value.block + 1), compared.at];
  const says = ([layer, column]: Cell): string => {
    const pair = pairs[column];
    const value = values[layer * pairs.length + column] ?? Number.NaN;
    return `${layerName(inspector, layer)}, ${pair ? pairLabel(inspector, pair) : ''}: ${fixed(value)}`;
  };
  return html`<h2>${t('compare.states')}</h2>
    <div class="scroll">
      ${matrix({
        source: {
          values,
          rows,
          columns: pairs.length,
          masked: (layer, column) =>
            Number.isNaN(values[layer * pairs.length + column] ?? Number.NaN),
        },
        scale,
        cell: Math.min(26, cellSize(pairs.length, size.value.width - 110)),
        rowLabel: (layer) => layerName(inspector, layer),
        columnLabel: (column) => {
          const pair = pairs[column];
          return pair ? pairLabel(inspector, pair) : '';
        },
        headings: [90, 60],
        pointed: here,
        label: () => `${t('compare.states')}: ${says(here())}`,
        onPoint: () => undefined,
        onChoose: (chosen) => {
          set({ block: Math.max(0, chosen[0] - 1) });
          choosePair(inspector, compared, chosen[1]);
          inspector.say(says(chosen));
        },
      })}
    </div>
    <div class="legend">
      ${scaleBar(scale, t, '‖B − A‖ ÷ ‖A‖')}
      <span class="key"><i class="hatch"></i>${t('compare.hatched')}</span>
    </div>`;
}

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
