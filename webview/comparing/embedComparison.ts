/** Embed of two runs: the row of the token, the row of the position, and their sum, each with its difference. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AlignedPair } from '../../src/protocol/alignment';
import { explanation } from '../side';
import type { Inspector, ViewMaker } from '../view';
import { title } from '../views/title';
import { activations, movePair } from './compared';
import { frame } from './frame';
import { vectorPair } from './vectors';

export const embedComparison: ViewMaker = (inspector) => ({
  stage: () =>
    frame(inspector, title(inspector, 'embed'), ({ a, b, pair }) => {
      const names = ['embed', 'pos_embed', 'blocks.0.resid_pre'];
      const has = (name: string): boolean => {
        const sides = [a, b].map(({ model: { config } }) =>
          name === 'pos_embed'
            ? config.position === 'learned'
            : config.layers > 0 || name === 'embed',
        );
        return sides.every(Boolean);
      };
      return html`${otherSpace(inspector)}
      ${names.filter(has).map((name) => part(inspector, name, pair))}`;
    }),
  side: () => explanation(inspector, { step: 'embed', formulas: ['embed'] }),
  moves: { x: (by) => movePair(inspector, by) },
});

function part(inspector: Inspector, name: string, pair: AlignedPair): TemplateResult {
  const axis = inspector.t('inspector.dimension');
  return vectorPair(inspector, { ...activations(inspector, name, pair), caption: name, axis });
}

/** Channels of two models are the same ones only where one was made from the other. */
export function otherSpace({ other, t }: Inspector): TemplateResult | typeof nothing {
  return other.hasOwnModel ? html`<p class="dim">${t('compare.otherSpace')}</p>` : nothing;
}
