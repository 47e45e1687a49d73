import { html, nothing, type TemplateResult } from 'lit';

import type { NumberName } from '../numberPlace';
import type { Side } from '../sideOf';
import { pressed } from '../numberLinks';
import { inSlices } from './inSlices';
import type { LedgerLabel } from './ledger';

/** The text twin of a picture: the same numbers as a table in reading order. */
export interface Twin {
  readonly caption: string;
  /** Column headings; the first is that of the row headings, and may be empty. */
  readonly columns: readonly LedgerLabel[];
  readonly rows: readonly TwinRow[];
  /** Shown to all by the key T, otherwise to screen readers alone. */
  readonly visibility: 'shown' | 'hidden';
}

interface TwinRow {
  readonly heading: LedgerLabel;
  readonly cells: readonly (LedgerLabel | TwinNumber)[];
}

/** A number that leads to what it is computed from, where the table is shown. */
export interface TwinNumber {
  readonly text: string;
  readonly number: NumberName | undefined;
  readonly side?: Side;
}

/** Cells that are drawn in one go, and never fewer rows than that. */
const sliceCells = 256;
const leastSlice = 16;

export function twin({ caption, columns, rows, visibility }: Twin): TemplateResult {
  const slice = Math.max(leastSlice, Math.ceil(sliceCells / columns.length));
  const table = html`<table class="twin">
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((column) =>
          column === '' ? html`<td></td>` : html`<th scope="col">${column}</th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${inSlices({ count: rows.length, slice, row: (row) => rowOf(rows[row], row, visibility) })}
    </tbody>
  </table>`;
  if (visibility === 'hidden') return html`<div class="sr">${table}</div>`;
  // A scrolling region must be reachable by keyboard.
  return html`<div class="scroll twin-shown" tabindex="0" role="region" aria-label=${caption}>
    ${table}
  </div>`;
}

function rowOf(
  row: TwinRow | undefined,
  index: number,
  visibility: Twin['visibility'],
): TemplateResult | undefined {
  return (
    row &&
    html`<tr>
      <th scope="row">${row.heading}</th>
      ${row.cells.map((cell, column) => {
        // What cannot be seen must not take the focus; all numbers together are one stop of the Tab key.
        const tab = index + column === 0 ? 'stop' : 'inside';
        if (!isNumber(cell)) return html`<td>${cell}</td>`;
        const shown = visibility === 'shown' ? pressed(cell.text, cell.number, tab) : cell.text;
        return html`<td data-side=${cell.side ?? nothing}>${shown}</td>`;
      })}
    </tr>`
  );
}

function isNumber(cell: LedgerLabel | TwinNumber): cell is TwinNumber {
  return typeof cell !== 'string' && 'number' in cell;
}
