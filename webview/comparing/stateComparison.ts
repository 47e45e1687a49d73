/** Repeat of two runs: how far the hidden states moved in each block, and what each state of one token would predict. */
import { html } from 'lit';
import { explanation } from '../side';
import type { ViewMaker } from '../view';
import { title } from '../views/title';
import { activations, movePair } from './compared';
import { otherSpace } from './embedComparison';
import { frame } from './frame';
import { lensesCompared } from './lensComparison';
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
      return html`${statesMoved(inspector, compared)} ${lensesCompared(inspector, compared)}
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
