/** The tables of the open step as they are written, those for screen readers included: every picture has one. */
export interface ShownTable {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

export function shownTables(): readonly ShownTable[] {
  const tables = document.querySelectorAll<HTMLTableElement>(
    'main table, .side table, .times table',
  );
  return [...tables].map((table) => ({
    name: nameOf(table),
    rows: [...table.rows].map((row) => [...row.cells].map((cell) => written(cell))),
  }));
}

export function tableTsv({ rows }: ShownTable): string {
  return rows.map((cells) => cells.join('\t')).join('\n');
}

export function tableJson({ name, rows }: ShownTable): string {
  return JSON.stringify({ name, rows });
}

/** Its caption, else the heading that it stands under. */
function nameOf(table: HTMLTableElement): string {
  if (table.caption) return written(table.caption);
  const headings = [
    ...document.querySelectorAll<HTMLElement>(':is(main, .side) :is(h1, h2, h3), .times h2'),
  ];
  const before = headings.findLast(
    (heading) => (heading.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  );
  // The button beside a heading is no part of its name.
  const texts = [...(before?.childNodes ?? [])].filter((node) => node.nodeName !== 'BUTTON');
  return oneLine(texts.map(({ textContent }) => textContent ?? '').join(''));
}

/** Text in one line; a tab would be a column of its own. */
function written({ textContent }: Element): string {
  return oneLine(textContent);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
