/** Where the likeliest tokens would have led: each followed by what the model takes from there on, computed when asked. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { isEdited } from '../../src/protocol/runEdits';
import { chain } from '../chain';
import { chanceName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { at } from '../picture/at';
import { percent } from '../picture/numbers';
import type { Inspector } from '../view';
import type { Prediction } from './predictAnswer';

const mostLines = 4;
const tokens = 10;

export function predictPaths(
  inspector: Inspector,
): (prediction: Prediction) => TemplateResult | typeof nothing {
  const asked = signal<number | undefined>(undefined);
  return (prediction) => {
    const { subject, t } = inspector;
    const { edits, run } = subject.value;
    // The lines are made by the model as it is.
    if (isEdited(edits)) return nothing;
    return html`<section class="paths">
      <h2>${t('views.paths.title')}</h2>
      ${
        asked.value === run.run
          ? lines(inspector, prediction, () => {
              asked.value = undefined;
            })
          : html`<button
              class="quiet framed"
              data-focus="paths"
              @click=${() => {
                asked.value = run.run;
              }}
            >
              ${t('views.paths.ask', { n: tokens })}
            </button>`
      }
    </section>`;
  };
}

function lines(
  inspector: Inspector,
  { distribution, settings }: Prediction,
  giveUp: () => void,
): TemplateResult {
  const { numbers, t, labels, host, subject } = inspector;
  const count = Math.min(mostLines, distribution.ids.length);
  const firsts = [...distribution.ids.subarray(0, count)];
  const found = numbers.ask('continuations', { firsts, tokens });
  if (!found)
    return html`<p>
      <span role="status">${t('views.map.computing')}</span>
      <button
        class="quiet framed"
        @click=${() => {
          host.cancelRead({ read: 'continuations' });
          giveUp();
        }}
      >
        ${t('inspector.stopHere')}
      </button>
    </p>`;
  return html`<p class="dim small">${t('views.paths.says')}</p>
    <ol class="path-lines">
      ${found.map(
        (ids, rank) =>
          html`<li data-ids=${[...ids].join(' ')}>
            <span class="num"
              >${pressed(percent(at(distribution.probabilities, rank)), chanceName({ what: 'p', position: subject.value.length - 1, id: at(distribution.ids, rank), sampling: settings }), 'stop')}</span
            >
            <span class="mono">${chain(labels, [...ids])}</span>
          </li>`,
      )}
    </ol>`;
}
