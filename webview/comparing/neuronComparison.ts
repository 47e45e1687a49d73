/** Feed-forward of two runs: the neurons of a block at one token, and what they write. */
import { html } from 'lit';
import { explanation } from '../side';
import type { ViewMaker } from '../view';
import { title } from '../views/title';
import { activations, movePair } from './compared';
import { otherSpace } from './embedComparison';
import { frame } from './frame';
import { vectorPair } from './vectors';

export const neuronComparison: ViewMaker = (inspector) => ({
  stage: () => {
    const { t, place } = inspector;
    const { block } = place.value;
    const about = html`${t('inspector.blockN', { n: block })}`;
    return frame(inspector, title(inspector, 'feedforward', about), ({ a, b, pair }) => {
      const hasAll = [a, b].every(
        ({ model: { config } }) => config.activation !== 'none' && block < config.layers,
      );
      if (!hasAll) return html`<p>${t('compare.noBlock')}</p>`;
      const of = (name: string, axis: string) => {
        const full = `blocks.${String(block)}.${name}`;
        const both = activations(inspector, full, pair);
        return vectorPair(inspector, { ...both, caption: full, axis });
      };
      return html`${otherSpace(inspector)} ${of('mlp.pre', t('inspector.neuron'))}
      ${of('mlp.post', t('inspector.neuron'))} ${of('mlp_out', t('inspector.dimension'))}`;
    });
  },
  side: () => explanation(inspector, { step: 'feedforward', formulas: ['feedforward'] }),
  moves: { x: (by) => movePair(inspector, by) },
});
