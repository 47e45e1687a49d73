/** The whole pass of two runs: what differs in each step, as one number each that leads there, and where it does. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Step } from '../../src/protocol/axes';
import type { RunDifference } from '../../src/protocol/runs';
import { at, range } from '../picture/at';
import { fixed } from '../picture/numbers';
import type { Inspector, ViewMaker } from '../view';
import { movePair, type Compared } from './compared';
import { frame } from './frame';
import { runDifference } from './headDifferences';
import { counts } from './pairList';
import { statesMoved } from './statesMoved';

export const overviewComparison: ViewMaker = (inspector) => ({
  stage: () => {
    const { t } = inspector;
    const heading = html`<header class="title"><h1>${t('compare.title')}</h1></header>`;
    return frame(inspector, heading, (compared) => {
      const moved = inspector.other.hasOwnModel ? undefined : runDifference(inspector, compared);
      return html`<table class="plain compared-table">
          <tbody>
            ${row(inspector, 'tokenize', counts(inspector, compared.pairs))}
            ${moved ? rows(inspector, compared, moved) : nothing}
          </tbody>
        </table>
        ${statesMoved(inspector, compared)}
        ${inspector.other.hasOwnModel ? html`<p class="dim">${t('compare.otherSpace')}</p>` : nothing}`;
    });
  },
  moves: { x: (by) => movePair(inspector, by) },
});

/** Of all pairs the mean, as far as there are numbers. */
function rows(inspector: Inspector, { a }: Compared, moved: RunDifference): TemplateResult {
  const { t } = inspector;
  const { layers, heads } = a.model.config;
  const pairs = moved.divergenceBits.length;
  if (pairs === 0) return html``;
  const mean = (values: ArrayLike<number>): number => {
    const known = Array.from(values).filter((x) => !Number.isNaN(x));
    return known.reduce((sum, x) => sum + x, 0) / known.length;
  };
  const layer = (n: number): Float32Array => moved.states.subarray(n * pairs, (n + 1) * pairs);
  const most = range(layers * heads).reduce(
    (best, index) => (at(moved.heads, index) > at(moved.heads, best) ? index : best),
    0,
  );
  const head =
    layers > 0
      ? t('compare.mostMoved', {
          block: Math.floor(most / heads),
          head: most % heads,
          x: fixed(at(moved.heads, most)),
        })
      : '';
  const state = (n: number): string => t('compare.statesMoved', { x: fixed(mean(layer(n))) });
  const last = at(moved.divergenceBits, pairs - 1);
  return html`${row(inspector, 'embed', state(0))} ${row(inspector, 'attend', head)}
  ${row(inspector, 'repeat', state(layers))}
  ${row(inspector, 'predict', t('compare.divergence', { x: fixed(last), mean: fixed(mean(moved.divergenceBits)) }))}`;
}

function row({ t, set }: Inspector, step: Step, says: string): TemplateResult {
  return html`<tr data-step=${step}>
    <th scope="row">
      <button
        class="quiet"
        data-focus=${`compare-${step}`}
        @click=${() => {
          set({ step });
        }}
      >
        ${t(`inspector.step.${step}`)}
      </button>
    </th>
    <td>${says}</td>
  </tr>`;
}
