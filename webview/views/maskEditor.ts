/** Editing the mask: what a click or a key does to a cell, a row, a column or all of it, and the bar that offers it. */
import { signal, type ReadonlySignal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { MaskEdit } from '../../src/protocol/runEdits';
import { numberIn } from '../settings';
import { roving } from '../roving';
import type { Inspector } from '../view';
import { watch } from '../watch';
import { editButtons, editList } from './editList';
import { cellNow } from './headNumbers';
import { maskedIn, seenKeys } from './maskNumbers';

type Cell = readonly [query: number, key: number];

export interface MaskEditor {
  /** Whether clicks edit rather than look. */
  readonly isOn: ReadonlySignal<boolean>;
  readonly toggle: () => void;
  readonly cell: (cell: Cell) => void;
  readonly row: (query: number) => void;
  readonly column: (key: number) => void;
  readonly bar: () => TemplateResult;
}

/** How far back a band reaches at first: the token before. */
const firstBand = 1;

export function maskEditor(inspector: Inspector): MaskEditor {
  const isOn = signal(false);
  const band = signal(firstBand);
  const add = (...edits: readonly MaskEdit[]): void => {
    const { mask, positions } = inspector.subject.value.edits;
    inspector.host.edit({ mask: [...mask, ...edits], positions });
  };
  const addCell = (cell: Cell): void => {
    const edit = cellEdit(inspector, cell);
    const isLast = !edit.seen && seenKeys(inspector, cell[0]).length === 1;
    if (isLast) inspector.say(inspector.t('views.mask.atLeastOne'));
    else add(edit);
  };
  const editor: MaskEditor = {
    isOn,
    toggle: () => {
      isOn.value = !isOn.value;
    },
    cell: addCell,
    row: (query) => {
      add(rowEdit(inspector, query));
    },
    column: (key) => {
      add(columnEdit(inspector, key));
    },
    bar: () => bar(inspector, editor, { band, add }),
  };
  return editor;
}

function textIndex({ subject }: Inspector, position: number): number {
  return position + subject.value.run.dropped;
}

function cellEdit(inspector: Inspector, [query, key]: Cell): MaskEdit & { kind: 'cell' } {
  const seen = maskedIn(inspector)(query, key);
  const at = { query: textIndex(inspector, query), key: textIndex(inspector, key) };
  return { kind: 'cell', ...at, seen };
}

/** A row is shown again when it sees nothing but itself. */
function rowEdit(inspector: Inspector, query: number): MaskEdit & { kind: 'row' } {
  const seen = seenKeys(inspector, query).every((key) => key === query);
  return { kind: 'row', query: textIndex(inspector, query), seen };
}

/** A column is shown again when nobody else sees it. */
function columnEdit(inspector: Inspector, key: number): MaskEdit & { kind: 'column' } {
  const { length } = inspector.subject.value;
  const masked = maskedIn(inspector);
  let seen = true;
  for (let query = 0; query < length; query++)
    if (query !== key && !masked(query, key)) seen = false;
  return { kind: 'column', key: textIndex(inspector, key), seen };
}

interface BarParts {
  readonly band: { value: number };
  readonly add: (...edits: readonly MaskEdit[]) => void;
}

function bar(inspector: Inspector, editor: MaskEditor, parts: BarParts): TemplateResult {
  const { t, subject } = inspector;
  const isOn = editor.isOn.value;
  const isEdited = subject.value.edits.mask.length > 0;
  return html`<div
      class="edit-bar"
      role="group"
      aria-label=${t('views.mask.edit')}
      ${roving('move')}
    >
      <button
        class="quiet"
        aria-pressed=${isOn ? 'true' : 'false'}
        data-focus="mask-edit"
        @click=${() => {
          editor.toggle();
        }}
      >
        ${t('views.mask.edit')} <kbd aria-hidden="true">M</kbd>
      </button>
      ${isOn ? watch(() => tools(inspector, editor, parts)) : nothing}
      ${isEdited ? editButtons(inspector, 'mask') : nothing}
    </div>
    ${isOn ? html`<p class="dim small">${t('views.mask.editing')}</p>` : nothing}
    ${editList(inspector, 'mask')}`;
}

/** The same by buttons, for the cell that is pointed at or locked. */
function tools(inspector: Inspector, editor: MaskEditor, { band, add }: BarParts): TemplateResult {
  const { t, place } = inspector;
  const cell = place.value.cell ?? cellNow(inspector);
  const [q, k] = cell;
  const seen = (edit: { readonly seen: boolean }) => (edit.seen ? 'show' : 'hide');
  return html`${tool(
      t('views.mask.cell'),
      t(`views.mask.cell.${seen(cellEdit(inspector, cell))}`, { q, k }),
      () => {
        editor.cell(cell);
      },
    )}
    ${tool(t('views.mask.row'), t(`views.mask.row.${seen(rowEdit(inspector, q))}`, { q }), () => {
      editor.row(q);
    })}
    ${tool(
      t('views.mask.column'),
      t(`views.mask.column.${seen(columnEdit(inspector, k))}`, { k }),
      () => {
        editor.column(k);
      },
    )}
    <span class="band-tool"
      >${tool(t('views.mask.band'), t('views.mask.band.says', { n: band.value }), () => {
        add({ kind: 'band', width: band.value + 1 });
      })}<input
        type="number"
        min="0"
        max="9999"
        aria-label=${t('views.mask.bandWidth')}
        data-focus="band-width"
        .value=${String(band.value)}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          const width = numberIn(input.value, { from: 0, to: 9999, whole: true });
          if (width !== undefined) band.value = width;
        }}
      /><span class="dim small" aria-hidden="true">${t('views.mask.bandWidth')}</span></span
    >
    ${tool(t('views.mask.full'), t('views.mask.full.says'), () => {
      add({ kind: 'full' });
    })}`;
}

function tool(name: string, says: string, press: () => void): TemplateResult {
  return html`<button class="quiet" title=${says} aria-label=${`${name}: ${says}`} @click=${press}>
    ${name}
  </button>`;
}
