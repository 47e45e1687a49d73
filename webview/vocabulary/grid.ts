/** The entries as a table of any length: only the rows in sight are drawn. One row is the current one, which keys move. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { reaches } from '../../src/protocol/tokenOrigins';
import { hexOfBytes } from '../../src/protocol/tokenLabel';
import { observeBox } from '../observeBox';
import { fixed, grouped, unknown } from '../picture/numbers';
import type { Entries } from './entries';
import { columns, type Column } from './rows';
import type { VocabularyStore } from './store';
import { reachName, scriptName, t } from './words';

const rowPx = 24;
/** Rows drawn above and below those in sight. */
const margin = 6;

const top = signal(0);
const height = signal(600);

export function grid(store: VocabularyStore): TemplateResult {
  const rows = store.rows.value;
  const entries = store.entries.value;
  const first = Math.max(0, Math.floor(top.value / rowPx) - margin);
  const last = Math.min(rows.length, Math.ceil((top.value + height.value) / rowPx) + margin);
  const current = currentRow(store);
  return html`<div
    id="grid"
    role="grid"
    tabindex="0"
    aria-label=${t('browse.entries')}
    aria-rowcount=${rows.length + 1}
    aria-activedescendant=${current >= first && current < last ? `row-${String(current)}` : nothing}
    @scroll=${(event: Event) => {
      top.value = (event.target as HTMLElement).scrollTop;
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (moved(store, event)) event.preventDefault();
    }}
    ${observeBox((box) => {
      height.value = box.height;
    })}
  >
    <div role="rowgroup" class="heads">
      <div role="row" aria-rowindex="1">${columns.map((column) => columnHead(store, column))}</div>
    </div>
    <div role="rowgroup" class="rows" style="height: ${rows.length * rowPx}px">
      ${
        entries === undefined
          ? nothing
          : Array.from(rows.subarray(first, last), (id, n) =>
              row(store, entries, { id, index: first + n, isCurrent: first + n === current }),
            )
      }
    </div>
  </div>`;
}

function columnHead(store: VocabularyStore, column: Column): TemplateResult {
  const { column: sorted, descending } = store.order.value;
  const direction = descending ? 'descending' : 'ascending';
  const isScore = column === 'merge' && store.kind.value === 'unigram';
  return html`<div role="columnheader" aria-sort=${column === sorted ? direction : 'none'}>
    <button
      @click=${() => {
        store.sortBy(column);
      }}
    >
      ${t(isScore ? 'browse.column.score' : `browse.column.${column}`)}<span aria-hidden="true"
        >${column === sorted ? (descending ? ' ↓' : ' ↑') : ''}</span
      >
    </button>
  </div>`;
}

function row(
  store: VocabularyStore,
  entries: Entries,
  {
    id,
    index,
    isCurrent,
  }: { readonly id: number; readonly index: number; readonly isCurrent: boolean },
): TemplateResult {
  const characters = entries.characters[id] ?? -1;
  const origins = store.origins.value;
  const way = reaches[origins?.reach[id] ?? -1];
  return html`<div
    role="row"
    id="row-${index}"
    data-id=${id}
    aria-rowindex=${index + 2}
    aria-selected=${isCurrent ? 'true' : 'false'}
    style="top: ${index * rowPx}px"
    @click=${() => {
      store.select(id);
    }}
  >
    <span role="gridcell" class="number">${id}</span>
    <span role="gridcell" class="token ${entries.isSpecial(id) ? 'special' : ''}"
      ><bdi>${entries.label(id)}</bdi></span
    >
    <span role="gridcell" class="hex"
      ><span class="number">${grouped(entries.byteLength(id))}</span>
      ${hexOfBytes(entries.bytes(id).subarray(0, 24))}</span
    >
    <span role="gridcell" class="number">${characters < 0 ? unknown : grouped(characters)}</span>
    <span role="gridcell">${scriptName(entries.scriptOf(id))}</span>
    <span role="gridcell" class=${way ?? ''}>${way === undefined ? unknown : reachName(way)}</span>
    <span role="gridcell" class="merge">${made(store, entries, id)}</span>
  </div>`;
}

/** `1,024: ·th + e`, a log probability, or a dash where there is neither. */
function made({ origins }: VocabularyStore, entries: Entries, id: number): string {
  const { scores, ranks, lefts, rights } = origins.value ?? {};
  if (scores !== undefined) return fixed(scores[id] ?? NaN, 3);
  const rank = ranks?.[id] ?? -1;
  if (rank < 0) return unknown;
  const parts = [lefts?.[id] ?? -1, rights?.[id] ?? -1].map((part) => entries.label(part));
  return `${grouped(rank)}: ${parts.join(' + ')}`;
}

/** Where the chosen entry is listed; −1 when it is not. */
function currentRow({ selected, rows }: VocabularyStore): number {
  const id = selected.value;
  return id === undefined ? -1 : rows.value.indexOf(id);
}

function moved(store: VocabularyStore, event: KeyboardEvent): boolean {
  const { rows, entries, selected } = store;
  const now = currentRow(store);
  const last = rows.value.length - 1;
  const page = Math.max(1, Math.floor(height.value / rowPx) - 2);
  if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
    const id = selected.value;
    if (id === undefined || window.getSelection()?.isCollapsed === false) return false;
    store.host.copy({ text: entries.value?.wholeText(id) ?? entries.value?.label(id) ?? '' });
    return true;
  }
  const places: Readonly<Record<string, number>> = {
    ArrowDown: now + 1,
    ArrowUp: now - 1,
    PageDown: now + page,
    PageUp: now - page,
    Home: 0,
    End: last,
  };
  const wanted = places[event.key];
  if (wanted === undefined || last < 0 || event.target !== event.currentTarget) return false;
  const to = Math.min(last, Math.max(0, wanted));
  store.select(rows.value[to]);
  bringIntoSight(event.currentTarget as HTMLElement, to);
  return true;
}

/** The heads of the columns lie over the uppermost row. */
function bringIntoSight(element: HTMLElement, row: number): void {
  const from = row * rowPx;
  if (from < element.scrollTop) element.scrollTop = from;
  const below = from + 2 * rowPx + 6 - element.clientHeight;
  if (below > element.scrollTop) element.scrollTop = below;
}
