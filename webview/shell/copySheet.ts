/** What can be copied: the pointed value, its vector, the whole matrix, each as TSV and as JSON; and the whole trace saved. */
import { effect } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { NumberBlock } from '../../src/protocol/runs';
import { offers } from '../copying/offers';
import { shownTables, tableJson, tableTsv } from '../copying/shownTables';
import { asJson, asTsv, type CopyFormat } from '../copyText';
import { indexOf, nameOf, readExhibit, type Exhibit, type Extent } from '../exhibit';
import { savePicture, type PictureFormat } from '../saving/savePicture';
import type { Store } from '../store';
import type { Inspector } from '../view';
import { sideChoice } from './sideChoice';

const extents: readonly Extent[] = ['value', 'vector', 'matrix'];
const formats: readonly CopyFormat[] = ['TSV', 'JSON'];

export function copySheet(store: Store, exhibit: Exhibit): TemplateResult {
  const { t } = store.inspector;
  return html`<div class="sheet copies" role="dialog" aria-label=${t('inspector.copy')}>
    <h2>${t('inspector.copy')}</h2>
    ${sideChoice(store)}
    <table>
      <tbody>
        ${extents.map((extent) => row(store, exhibit, extent))} ${pictureRow(store)}
      </tbody>
    </table>
    ${others(store)}
    <button
      class="quiet"
      data-copy="link"
      @click=${() => {
        store.sheets.closeCopies();
        store.inspector.host.copyLink();
        store.inspector.say(t('sharing.copied'));
      }}
    >
      ${t('sharing.copyLink')} <kbd>L</kbd>
    </button>
    <button
      class="quiet"
      data-copy="trace"
      @click=${() => {
        store.sheets.closeCopies();
        store.inspector.host.saveTrace();
      }}
    >
      ${t('inspector.saveTrace')}
    </button>
  </div>`;
}

function row(store: Store, exhibit: Exhibit, extent: Extent): TemplateResult | typeof nothing {
  const index = indexOf(exhibit, extent);
  if (index === undefined) return nothing;
  const { t } = store.inspector;
  const name = nameOf(exhibit, index);
  return html`<tr>
    <th scope="row">${t(`inspector.copy.${extent}`)}<code>${name}</code></th>
    ${formats.map(
      (format) =>
        html`<td>
          <button
            class="quiet"
            data-copy=${`${extent}-${format}`}
            ?data-wanted=${store.sheets.copiesFor.value === 'numbers'}
            aria-label=${`${t(`inspector.copy.${extent}`)}, ${format}`}
            @click=${() => {
              copy(store, { exhibit, index, name, format });
            }}
          >
            ${format}
          </button>
        </td>`,
    )}
  </tr>`;
}

/** Every other array of the step, and its tables as they are written. */
function others(store: Store): TemplateResult {
  const { t } = store.inspector;
  const arrays = offers(store.sheets.inspector);
  const tables = shownTables();
  const line = (name: string, kind: string, press: (format: CopyFormat) => void) =>
    html`<tr>
      <th scope="row"><code>${name}</code></th>
      ${formats.map(
        (format) =>
          html`<td>
            <button
              class="quiet"
              data-copy=${`${kind}-${format}`}
              aria-label=${`${name}, ${format}`}
              @click=${() => {
                press(format);
              }}
            >
              ${format}
            </button>
          </td>`,
      )}
    </tr>`;
  return html`<details class="other-copies" data-focus="other-copies">
    <summary>${t('deriving.copyOthers', { n: arrays.length, m: tables.length })}</summary>
    <table>
      <tbody>
        ${arrays.map((offer) =>
          line(offer.name, offer.name, (format) => {
            copyWhenThere(store, offer.name, (inspector) => {
              const block = offer.block(inspector);
              return block && written(block, offer.name, format);
            });
          }),
        )}
        ${tables.map((table, index) =>
          line(table.name, `table-${String(index)}`, (format) => {
            copyWhenThere(store, table.name, () =>
              format === 'TSV' ? tableTsv(table) : tableJson(table),
            );
          }),
        )}
      </tbody>
    </table>
  </details>`;
}

const pictures: readonly PictureFormat[] = ['svg', 'png'];

function pictureRow(store: Store): TemplateResult {
  const { inspector } = store;
  const name = inspector.t('sharing.savePicture');
  return html`<tr>
    <th scope="row">${name}</th>
    ${pictures.map(
      (format) =>
        html`<td>
          <button
            class="quiet"
            data-picture=${format}
            ?data-wanted=${format === 'svg' && store.sheets.copiesFor.value === 'pictures'}
            aria-label=${`${name}, ${format.toUpperCase()}`}
            @click=${() => {
              const pointed = store.pointedNow;
              store.sheets.closeCopies();
              void savePicture(inspector, format, pointed);
            }}
          >
            ${format.toUpperCase()}
          </button>
        </td>`,
    )}
  </tr>`;
}

interface Wanted {
  readonly exhibit: Exhibit;
  readonly index: readonly number[];
  readonly name: string;
  readonly format: CopyFormat;
}

/** Copies as soon as the numbers are there; those of another run never arrive and are not waited for. */
function copy(store: Store, { exhibit, index, name, format }: Wanted): void {
  copyWhenThere(store, name, (inspector) => {
    const block = readExhibit(inspector, exhibit, index);
    return block && written(block, name, format);
  });
}

function copyWhenThere(
  store: Store,
  name: string,
  read: (inspector: Inspector) => string | undefined,
): void {
  const { inspector } = store.sheets;
  store.sheets.closeCopies();
  let isDone = false;
  const stop = effect(() => {
    const text = isDone ? undefined : read(inspector);
    if (text === undefined) return;
    isDone = true;
    inspector.host.copy({ text });
    inspector.say(inspector.t('inspector.copied', { name }));
    queueMicrotask(() => {
      stop();
    });
  });
}

function written(block: NumberBlock, name: string, format: CopyFormat): string {
  return format === 'TSV' ? asTsv(block) : asJson(name, block);
}
