import { html, nothing, type TemplateResult } from 'lit';

import { pressed } from '../numberLinks';
import type { NumberName } from '../numberPlace';
import type { Side } from '../sideOf';
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

export function twin({ caption, columns, rows, visibility }: Twin): TemplateResult {
  const isShown = visibility === 'shown';
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
      ${rows.map(
        ({ heading, cells }, row) =>
          html`<tr>
            <th scope="row">${heading}</th>
            ${cells.map((cell, column) => {
              // All numbers together are one stop of the Tab key.
              const tab = row + column === 0 ? 'stop' : 'inside';
              const side = isNumber(cell) ? cell.side : undefined;
              const shown = isShown ? linked(cell, tab) : unlinked(cell);
              return html`<td data-side=${side ?? nothing}>${shown}</td>`;
            })}
          </tr>`,
      )}
    </tbody>
  </table>`;
  if (!isShown) return html`<div class="sr">${table}</div>`;
  // A scrolling region must be reachable by keyboard.
  return html`<div class="scroll twin-shown" tabindex="0" role="region" aria-label=${caption}>
    ${table}
  </div>`;
}

function linked(cell: LedgerLabel | TwinNumber, tab: 'stop' | 'inside'): LedgerLabel {
  return isNumber(cell) ? pressed(cell.text, cell.number, tab) : cell;
}

/** What cannot be seen must not take the focus. */
function unlinked(cell: LedgerLabel | TwinNumber): LedgerLabel {
  return isNumber(cell) ? cell.text : cell;
}

function isNumber(cell: LedgerLabel | TwinNumber): cell is TwinNumber {
  return typeof cell !== 'string' && 'number' in cell;
}
