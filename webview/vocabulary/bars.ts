/** How many entries there are of each way, script and length, as bars; each is a button that shows these alone. */
import { html, nothing, type TemplateResult } from 'lit';
import { grouped } from '../picture/numbers';
import type { Facet } from './facets';
import type { VocabularyStore } from './store';
import { binName, t } from './words';

/** Scripts beyond these are few; they are shown when they are asked for. */
const mostBars = 12;

export function bars(store: VocabularyStore): TemplateResult {
  return html`${store.counts.value.map(({ facet, counts }) => chart(store, facet, counts))}`;
}

function chart(
  store: VocabularyStore,
  { name, bins }: Facet,
  counts: Uint32Array,
): TemplateResult | typeof nothing {
  const chosen = store.filters.value[name];
  const rows = bins
    .map((bin, index) => ({ bin, count: counts[index] ?? 0 }))
    .filter(({ bin, count }) => count > 0 || bin === chosen);
  if (name === 'script') rows.sort((a, b) => b.count - a.count);
  const largest = Math.max(1, ...rows.map(({ count }) => count));
  const [shown, more] = [rows.slice(0, mostBars), rows.slice(mostBars)];
  const draw = ({ bin, count }: (typeof rows)[number]): TemplateResult =>
    html`<li>
      <button
        class="bar"
        aria-pressed=${bin === chosen ? 'true' : 'false'}
        title=${name === 'reach' ? t(`browse.reachHint.${bin as 'never'}`) : nothing}
        @click=${() => {
          store.toggle(name, bin);
        }}
      >
        <span class="name">${binName(name, bin)}</span>
        <span class="track"
          ><span class="length" style="width: ${((count / largest) * 100).toFixed(2)}%"></span
        ></span>
        <span class="count">${grouped(count)}</span>
      </button>
    </li>`;
  return html`<section data-facet=${name}>
    <h2>${t(`browse.facet.${name}`)}</h2>
    <ul>
      ${shown.map(draw)}
    </ul>
    ${
      more.length === 0
        ? nothing
        : html`<details>
            <summary>${t('browse.more', { count: grouped(more.length) })}</summary>
            <ul>
              ${more.map(draw)}
            </ul>
          </details>`
    }
  </section>`;
}
