/** Any token of the vocabulary found in the whole distribution: its rank, logit and probability. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { Distribution } from '../../src/protocol/sampling';
import { chanceName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName } from '../numberPlace';
import { at } from '../picture/at';
import { fixed, grouped, percent } from '../picture/numbers';
import type { Inspector } from '../view';
import type { Prediction } from './predictAnswer';

const shownHits = 12;

export function predictSearch(
  inspector: Inspector,
): (prediction: Prediction, choose: (id: number) => void) => TemplateResult {
  const query = signal('');
  const { t } = inspector;
  return (prediction, choose) =>
    html`<section class="search">
      <label class="band-tool"
        >${t('views.search.label')}<input
          type="search"
          data-focus="search"
          .value=${query.value}
          @input=${(event: Event) => {
            query.value = (event.target as HTMLInputElement).value;
          }}
      /></label>
      ${query.value === '' ? nothing : hits(inspector, { prediction, choose, query: query.value })}
    </section>`;
}

interface Search {
  readonly prediction: Prediction;
  readonly choose: (id: number) => void;
  readonly query: string;
}

function hits(inspector: Inspector, { prediction, choose, query }: Search): unknown {
  const { numbers, state, subject, labels, t, language } = inspector;
  const whole = numbers.ask('distribution', {
    sampling: prediction.settings,
    step: state.value.generation.cursor,
    rows: subject.value.model.config.vocabulary,
  });
  if (!whole) return nothing;
  const { ranks, count } = found(inspector, whole, query);
  return html`<p class="dim small" role="status">
      ${t('views.search.found', { n: grouped(count, language) })}
    </p>
    <table class="plain found">
      <tbody>
        ${ranks.map((rank) => {
          const id = at(whole.ids, rank);
          const position = subject.value.length - 1;
          return html`<tr data-id=${id}>
            <th scope="row">
              <button
                class="quiet"
                @click=${() => {
                  choose(id);
                }}
              >
                ${labels.chip(id)}
              </button>
            </th>
            <td class="num">#${grouped(rank + 1, language)}</td>
            <td class="num">
              ${pressed(fixed(at(whole.logits, rank), 2), numberName('logits', [position, id]), 'stop')}
            </td>
            <td class="num">
              ${pressed(percent(at(whole.probabilities, rank)), chanceName({ what: 'p', position, id, sampling: prediction.settings }))}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>`;
}

/** Ranks of entries that hold the query in their text, or have it as their id; the likeliest first. */
function found(
  { labels }: Inspector,
  { ids }: Distribution,
  query: string,
): { readonly ranks: readonly number[]; readonly count: number } {
  const wanted = query.toLowerCase();
  const ranks: number[] = [];
  let count = 0;
  for (let rank = 0; rank < ids.length; rank++) {
    const id = at(ids, rank);
    const text = labels.vocabulary?.text(id)?.toLowerCase();
    if (text?.includes(wanted) !== true && String(id) !== query) continue;
    count++;
    if (ranks.length < shownHits) ranks.push(rank);
  }
  return { ranks, count };
}
