/** Everything about the chosen entry: what it is, how it comes about, and which others are like it. */
import { html, nothing, type TemplateResult } from 'lit';
import { hexOfBytes } from '../../src/protocol/tokenLabel';
import { reaches } from '../../src/protocol/tokenOrigins';
import { fixed, grouped } from '../picture/numbers';
import type { Entries } from './entries';
import type { VocabularyStore } from './store';
import { reachName, scriptName, t } from './words';

/** Of a longer entry the first are written out. */
const mostCharacters = 32;

export function details(store: VocabularyStore): TemplateResult {
  const entries = store.entries.value;
  const id = store.selected.value;
  if (entries === undefined || id === undefined) {
    return html`<section class="details"><p class="dim">${t('browse.pick')}</p></section>`;
  }
  return html`<section class="details" aria-label=${t('browse.details')} data-id=${id}>
    <p class="chosen"><bdi>${entries.label(id)}</bdi></p>
    <dl>
      ${fact('browse.id', String(id))} ${fact('browse.hex', hexOfBytes(entries.bytes(id)))}
      ${fact('browse.points', points(entries.wholeText(id)))}
      ${fact('browse.facet.script', scriptName(entries.scriptOf(id)))}
    </dl>
    ${origin(store, entries, id)} ${copies(store, entries, id)} ${similar(store, entries)}
  </section>`;
}

function fact(
  key: 'browse.id' | 'browse.hex' | 'browse.points' | 'browse.facet.script',
  value: string,
) {
  return value === ''
    ? nothing
    : html`<div>
        <dt>${t(key)}</dt>
        <dd>${value}</dd>
      </div>`;
}

/** `U+3042 U+3099`; nothing for bytes that are no whole characters. */
function points(text: string | undefined): string {
  const all = Array.from(text ?? '', (character) => character.codePointAt(0) ?? 0);
  const written = all.slice(0, mostCharacters).map((point) => {
    return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return written.join(' ') + (all.length > mostCharacters ? ' …' : '');
}

function origin(
  store: VocabularyStore,
  entries: Entries,
  id: number,
): TemplateResult | typeof nothing {
  const origins = store.origins.value;
  const way = reaches[origins?.reach[id] ?? -1];
  if (origins === undefined || way === undefined) return nothing;
  const rank = origins.ranks[id] ?? -1;
  const score = origins.scores?.[id] ?? NaN;
  return html`<p><strong>${reachName(way)}</strong> ${t(`browse.reachHint.${way}`)}</p>
    ${Number.isNaN(score) ? nothing : html`<p>${t('browse.score', { score: fixed(score, 4) })}</p>`}
    ${
      rank < 0
        ? nothing
        : html`<p class="parts">
            ${t('browse.merged', { rank: grouped(rank) })}
            ${link(store, entries, origins.lefts[id] ?? -1)} +
            ${link(store, entries, origins.rights[id] ?? -1)}
          </p>`
    }`;
}

function copies(store: VocabularyStore, entries: Entries, id: number): TemplateResult {
  const text = entries.wholeText(id);
  const offered = [
    ...(text === undefined ? [] : [['browse.copyText', text] as const]),
    ['browse.copyId', String(id)] as const,
    ['browse.copyBytes', hexOfBytes(entries.bytes(id))] as const,
  ];
  return html`<div class="actions">
    ${offered.map(
      ([key, copied]) =>
        html`<vscode-button
          appearance="secondary"
          @click=${() => {
            store.host.copy({ text: copied });
          }}
          >${t(key)}</vscode-button
        >`,
    )}
  </div>`;
}

function similar(store: VocabularyStore, entries: Entries): TemplateResult {
  if (store.state.value?.isModels !== true) {
    return html`<p class="dim small">${t('browse.noEmbedding')}</p>`;
  }
  const found = store.similar.value;
  return html`<h2>${t('browse.similar')}</h2>
    ${
      found === undefined
        ? html`<p class="dim">${t('browse.looking')}</p>`
        : html`<ol class="similar">
            ${found.map(
              ({ id, cosine }) =>
                html`<li>
                  ${link(store, entries, id)}<span class="count">${fixed(cosine, 3)}</span>
                </li>`,
            )}
          </ol>`
    }`;
}

function link(store: VocabularyStore, entries: Entries, id: number): TemplateResult {
  return html`<button
    class="chip"
    title=${`${String(id)} · ${hexOfBytes(entries.bytes(id))}`}
    @click=${() => {
      store.select(id);
    }}
  >
    <bdi>${entries.label(id)}</bdi>
  </button>`;
}
