/** How far the hidden states of two runs are apart: a row for each state of the stream, a column for each aligned token. */
import { html, nothing, type TemplateResult } from 'lit';
import { at, range } from '../picture/at';
import { headingHeight } from '../picture/headingHeight';
import { cellSize, matrix, type Cell } from '../picture/matrix';
import { fixed } from '../picture/numbers';
import { sizeScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import type { Inspector } from '../view';
import { layerName } from '../views/repeatLens';
import { uprightLabel } from '../views/uprightLabel';
import { choosePair, pairLabel, type Compared } from './compared';
import { runDifference } from './headDifferences';

/** ‖B − A‖ ÷ ‖A‖ of every state, layers by pairs; only one engine can tell it of two of its runs. */
export function statesMoved(
  inspector: Inspector,
  compared: Compared,
): TemplateResult | typeof nothing {
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
  const scale = sizeScale(moved.states);
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
          const says = pair ? pairLabel(inspector, pair) : '';
          return uprightLabel(says, says);
        },
        headings: [90, headingHeight(pairs.map((pair) => pairLabel(inspector, pair)))],
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
