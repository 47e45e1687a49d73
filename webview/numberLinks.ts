/**
 * Any number on screen that has its name in `data-number` leads to what it is computed from: one listener for all.
 * In a table the numbers are one stop of the Tab key; arrows go from cell to cell, Enter opens.
 */
import { html, type TemplateResult } from 'lit';
import type { NumberName } from './numberPlace';
import type { Side } from './sideOf';

/** A number, as a button where it leads somewhere. */
export function pressed(
  number: string,
  name: NumberName | undefined,
  tab: 'stop' | 'inside' = 'inside',
): TemplateResult | string {
  if (name === undefined) return number;
  const index = tab === 'stop' ? 0 : -1;
  return html`<button class="number" tabindex=${index} data-number=${name}>${number}</button>`;
}

/** Listens before the rows and pictures around a number do: a press on it is not one on them. */
export function watchNumbers(open: (name: NumberName, side: Side) => void): void {
  document.addEventListener(
    'click',
    (event) => {
      const shown = elementAt(event)?.closest<HTMLElement>('[data-number]');
      const name = shown?.dataset['number'];
      if (!shown || name === undefined) return;
      event.stopPropagation();
      open(name, sideAt(shown));
    },
    { capture: true },
  );
  document.addEventListener('keydown', moveInTable, { capture: true });
  document.addEventListener('focusin', (event) => {
    const button = elementAt(event)?.closest<HTMLElement>('table .number');
    if (button) makeStop(button);
  });
}

/** Whether an element stands for side B of a comparison. */
export function sideAt(element: Element | undefined): Side {
  const side = element?.closest<HTMLElement>('[data-side]')?.dataset['side'];
  return side === 'b' ? 'b' : 'a';
}

function elementAt({ target }: Event): Element | undefined {
  return target instanceof Element ? target : undefined;
}

/** Tab comes back to where the table was left. */
function makeStop(button: HTMLElement): void {
  for (const other of button.closest('table')?.querySelectorAll<HTMLElement>('.number') ?? [])
    if (other.tabIndex === 0) other.tabIndex = -1;
  button.tabIndex = 0;
}

function moveInTable(event: KeyboardEvent): void {
  const from = elementAt(event)?.closest<HTMLElement>('table .number');
  const table = from?.closest('table');
  if (!from || !table || event.ctrlKey || event.metaKey || event.altKey) return;
  const to = target(event.key, from, table);
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  to.focus();
}

/** Undefined for keys that move nothing; at an edge the number itself. */
function target(key: string, from: HTMLElement, table: HTMLTableElement): HTMLElement | undefined {
  const rows = [...table.rows].map(numbersOf).filter((row) => row.length > 0);
  const y = rows.findIndex((row) => row.includes(from));
  const row = rows[y] ?? [];
  const x = row.indexOf(from);
  switch (key) {
    case 'ArrowLeft':
      return row[Math.max(0, x - 1)];
    case 'ArrowRight':
      return row[Math.min(row.length - 1, x + 1)];
    case 'ArrowUp':
      return y === 0 ? from : under(from, rows[y - 1]);
    case 'ArrowDown':
      return y === rows.length - 1 ? from : under(from, rows[y + 1]);
    case 'Home':
      return row[0];
    case 'End':
      return row[row.length - 1];
    default:
      return undefined;
  }
}

function numbersOf(row: HTMLTableRowElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>('.number')];
}

/** The number of a row in the same column, else the last one before it. */
function under(from: HTMLElement, row: readonly HTMLElement[] = []): HTMLElement | undefined {
  const column = columnOf(from);
  return row.findLast((each) => columnOf(each) <= column) ?? row[0];
}

function columnOf(button: HTMLElement): number {
  return button.closest('td')?.cellIndex ?? 0;
}
