/** Logits, scaled, cut, as probabilities: the best few, the one that was picked, the last kept, the cut, the first that was not. */
import { html, nothing, type TemplateResult } from 'lit';
import { chanceName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName } from '../numberPlace';
import { at, range } from '../picture/at';
import { follow } from '../picture/follow';
import { fixed, grouped, percent, roundEnd, unknown } from '../picture/numbers';
import { track, trackEnds } from '../picture/probabilities';
import type { Inspector } from '../view';
import type { Prediction } from './predictAnswer';

export interface PredictTable {
  readonly prediction: Prediction;
  /** The row that is pointed at, locked or picked. Reactive. */
  readonly chosen: () => number;
  readonly choose: (id: number) => void;
}

export function predictTable(inspector: Inspector, table: PredictTable): TemplateResult {
  const { t, place } = inspector;
  const { settings, distribution } = table.prediction;
  const shown = place.value.table
    ? range(Math.min(100, distribution.ids.length))
    : shownRanks(table.prediction);
  const end = roundEnd(Math.max(at(distribution.kept, 0), at(distribution.probabilities, 0)));
  return html`<table class="logits">
    <caption class="sr">
      ${t('inspector.step.predict')}
    </caption>
    <thead>
      <tr>
        <th scope="col" class="num">#</th>
        <th scope="col">${t('inspector.token')}</th>
        <th scope="col" class="num">${t('inspector.logit')}</th>
        ${
          settings.temperature === 0
            ? html`<td></td>`
            : html`<th scope="col" class="num scaled">÷ ${fixed(settings.temperature, 2)}</th>`
        }
        <th scope="col" class="bar-cell">${trackEnds(end)}</th>
        <th scope="col" class="num">${t('inspector.probability')}</th>
      </tr>
    </thead>
    <tbody>
      ${shown.map((rank, i) => html`${between(inspector, table, [shown[i - 1] ?? -1, rank])}${line(inspector, table, { rank, end })}`)}
      ${rest(inspector, table, shown)}
    </tbody>
  </table>`;
}

/** Zero-based ranks worth a row. */
export function shownRanks({ distribution }: Prediction): readonly number[] {
  const { ids, keptCount, pick } = distribution;
  const best = range(Math.min(7, keptCount));
  const around = [pick.rank - 1, keptCount - 1];
  // After the cut enough rows to see what was cut when few are kept.
  const cut = range(Math.max(1, 6 - keptCount)).map((i) => keptCount + i);
  const all = [...best, ...around, ...cut].filter((rank) => rank < ids.length);
  return [...new Set(all)].sort((a, b) => a - b);
}

function line(
  inspector: Inspector,
  { prediction, chosen, choose }: PredictTable,
  { rank, end }: { readonly rank: number; readonly end: number },
): TemplateResult {
  const { point, labels, subject } = inspector;
  const { settings, distribution } = prediction;
  const id = at(distribution.ids, rank);
  const logit = at(distribution.logits, rank);
  const isCut = rank >= distribution.keptCount;
  const shown = at(isCut ? distribution.probabilities : distribution.kept, rank);
  const isPicked = id === distribution.pick.id;
  const position = subject.value.length - 1;
  const chance = (what: 'p' | 'kept') => chanceName({ what, position, id, sampling: settings });
  return html`<tr
    class=${`${isCut ? 'cut' : ''}${isPicked ? ' picked' : ''}`}
    ${follow(() => ({ background: chosen() === id ? 'var(--band-b)' : '' }))}
    @mouseenter=${() => {
      point({ id });
    }}
    @mouseleave=${() => {
      point(undefined);
    }}
    @click=${() => {
      choose(id);
    }}
  >
    <th scope="row" class="num">${rank + 1}</th>
    <td><button data-focus=${`token-${id}`}>${labels.chip(id)}</button></td>
    <td class="num">
      ${pressed(fixed(logit, 2), numberName('logits', [position, id]), rank === 0 ? 'stop' : 'inside')}
    </td>
    <td class="num scaled">
      ${settings.temperature === 0 ? nothing : pressed(fixed(logit / settings.temperature, 2), chance('p'))}
    </td>
    <td class="bar-cell">${track(shown, end)}</td>
    <td class="num">
      ${isCut ? pressed(unknown, chance('p')) : pressed(percent(shown), chance('kept'))}
    </td>
  </tr>`;
}

/** What lies between two rows: nothing, others, or the cut. */
function between(
  { t, language }: Inspector,
  { prediction: { distribution } }: PredictTable,
  [before, rank]: readonly [number, number],
): TemplateResult | typeof nothing {
  const { keptCount, keptMass, vocabulary } = distribution;
  const cutHere = before < keptCount && rank >= keptCount;
  const gap =
    before >= 0 && rank > before + 1
      ? html`<tr class="gap">
          <td colspan="6">⋯</td>
        </tr>`
      : nothing;
  if (!cutHere) return gap;
  const says = t('inspector.kept', {
    n: grouped(keptCount, language),
    V: grouped(vocabulary, language),
    p: percent(keptMass),
  });
  return html`${gap}
    <tr class="cut-line">
      <td colspan="6"><span>${says}</span></td>
    </tr>`;
}

function rest(
  { t, language }: Inspector,
  { prediction: { distribution } }: PredictTable,
  shown: readonly number[],
): TemplateResult | typeof nothing {
  const left = distribution.vocabulary - 1 - (shown[shown.length - 1] ?? -1);
  if (left <= 0) return nothing;
  return html`<tr class="gap">
    <td colspan="6">⋯ ${t('inspector.rest', { n: grouped(left, language) })}</td>
  </tr>`;
}
