import { html, type TemplateResult } from 'lit';

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
  readonly cells: readonly LedgerLabel[];
}

export function twin({ caption, columns, rows, visibility }: Twin): TemplateResult {
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
        ({ heading, cells }) =>
          html`<tr>
            <th scope="row">${heading}</th>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
  if (visibility === 'hidden') return html`<div class="sr">${table}</div>`;
  // A scrolling region must be reachable by keyboard.
  return html`<div class="scroll twin-shown" tabindex="0" role="region" aria-label=${caption}>
    ${table}
  </div>`;
}
