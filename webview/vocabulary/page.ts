/** The page: what is searched for on top, the entries below, and beside them the chosen one and what there is of each kind. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { searchKinds } from '../../src/protocol/tokenSearch';
import { grouped } from '../picture/numbers';
import { bars } from './bars';
import { details } from './details';
import { facetNames } from './facets';
import { grid } from './grid';
import type { VocabularyStore } from './store';
import { binName, failureText, t } from './words';

/** Typing goes on for so long before what was typed is looked for. */
const settleMs = 120;

export function page(store: VocabularyStore): TemplateResult {
  return html`<div class="vocabulary">
    ${head(store)} ${searchRow(store)} ${filterRow(store)} ${failed(store)}
    <main class="content">${grid(store)}</main>
    <aside aria-label=${t('browse.beside')}>
      ${details(store)} ${originsRow(store)} ${bars(store)}
    </aside>
  </div>`;
}

function head({ state, entries, kind, host }: VocabularyStore): TemplateResult {
  const size = entries.value?.size;
  const how = kind.value;
  return html`<header>
    <h1>${state.value?.name ?? ''}</h1>
    <p class="dim">
      ${
        size === undefined || how === undefined
          ? nothing
          : t('browse.size', {
              size: grouped(size),
              special: grouped(entries.value?.specialCount ?? 0),
              kind: t(`browse.kind.${how}`),
            })
      }
    </p>
    <span class="grow"></span>
    <vscode-button
      appearance="secondary"
      @click=${() => {
        host.chooseTokenizer();
      }}
      >${t('browse.choose')}</vscode-button
    >
  </header>`;
}

function searchRow(store: VocabularyStore): TemplateResult {
  const { kind, typed } = store.search.value;
  return html`<form
    class="search"
    role="search"
    @submit=${(event: Event) => {
      event.preventDefault();
      document.querySelector<HTMLElement>('#grid')?.focus();
    }}
  >
    <select
      aria-label=${t('browse.searchBy')}
      @change=${(event: Event) => {
        const chosen = searchKinds[(event.target as HTMLSelectElement).selectedIndex];
        if (chosen) store.search.value = { kind: chosen, typed: store.search.value.typed };
      }}
    >
      ${searchKinds.map(
        (name) =>
          html`<option value=${name} .selected=${live(name === kind)}>
            ${t(`browse.by.${name}`)}
          </option>`,
      )}
    </select>
    <input
      id="search"
      type="text"
      spellcheck="false"
      autocomplete="off"
      aria-label=${t(`browse.field.${kind}`)}
      placeholder=${t(`browse.field.${kind}`)}
      aria-invalid=${store.found.value.failure ? 'true' : 'false'}
      .value=${live(typed)}
      @input=${(event: Event) => {
        searchSoon(store, (event.target as HTMLInputElement).value);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'ArrowDown') return;
        event.preventDefault();
        document.querySelector<HTMLElement>('#grid')?.focus();
      }}
    />
    <p role="status">${foundSentence(store)}</p>
  </form>`;
}

let searching: ReturnType<typeof setTimeout> | undefined;

function searchSoon(store: VocabularyStore, typed: string): void {
  clearTimeout(searching);
  searching = setTimeout(() => {
    store.search.value = { kind: store.search.value.kind, typed };
  }, settleMs);
}

function foundSentence({ found, rows, entries, failure }: VocabularyStore): string {
  const wrong = found.value.failure;
  if (wrong) return failureText(wrong);
  if (entries.value === undefined) return failure.value ? '' : t('browse.reading');
  if (found.value.searching) return t('browse.searching');
  return t('browse.found', { count: grouped(rows.value.length) });
}

/** What is chosen of the bars, each to be let go. */
function filterRow(store: VocabularyStore): TemplateResult | typeof nothing {
  const chosen = facetNames.flatMap((facet) => {
    const bin = store.filters.value[facet];
    return bin === undefined ? [] : [{ facet, bin }];
  });
  if (chosen.length === 0) return nothing;
  return html`<div class="filters" role="group" aria-label=${t('browse.filters')}>
    ${chosen.map(
      ({ facet, bin }) =>
        html`<button
          class="filter"
          title=${t('browse.unfilter')}
          @click=${() => {
            store.toggle(facet, bin);
          }}
        >
          ${t(`browse.facet.${facet}`)}: ${binName(facet, bin)} <span aria-hidden="true">×</span>
        </button>`,
    )}
  </div>`;
}

function failed({ failure }: VocabularyStore): TemplateResult | typeof nothing {
  const wrong = failure.value;
  if (wrong === undefined) return nothing;
  return html`<p class="failed" role="alert">${failureText(wrong)}</p>`;
}

function originsRow(store: VocabularyStore): TemplateResult | typeof nothing {
  const { progress, origins, entries } = store;
  const now = progress.value;
  if (now !== undefined) {
    return html`<div class="origins">
      <p>${t('browse.tracing', { done: grouped(now.done), total: grouped(now.total) })}</p>
      <progress
        max=${now.total}
        .value=${now.done}
        aria-label=${t('browse.facet.reach')}
      ></progress>
      <vscode-button
        appearance="secondary"
        @click=${() => {
          store.host.cancelOrigins();
        }}
        >${t('browse.cancel')}</vscode-button
      >
    </div>`;
  }
  if (origins.value !== undefined || entries.value === undefined) return nothing;
  return html`<div class="origins">
    <p>${t('browse.notTraced')}</p>
    <vscode-button @click=${() => void store.findOrigins()}>${t('browse.trace')}</vscode-button>
  </div>`;
}
