import type { TokenTable } from '../../protocol/tokens';

/** A table and where its text stands in the larger one, in UTF-16 units and in bytes. */
export interface PlacedTable {
  readonly table: TokenTable;
  readonly start: number;
  readonly byteStart: number;
}

/** One table of many, in order; of a text of `byteLength` bytes. */
export function joinTables(tables: readonly PlacedTable[], byteLength: number): TokenTable {
  const length = tables.reduce((sum, { table }) => sum + table.ids.length, 0);
  const hasGaps = tables.some(({ table }) => table.byteEnds !== undefined);
  const byteEnds = new Uint32Array(hasGaps ? length : 0);
  const joined = {
    ids: new Int32Array(length),
    starts: new Uint32Array(length),
    ends: new Uint32Array(length),
    part: new Uint8Array(length),
    parts: new Uint8Array(length),
    byteStarts: new Uint32Array(length),
    byteLength,
  };
  let row = 0;
  for (const { table, start, byteStart } of tables) {
    joined.ids.set(table.ids, row);
    joined.part.set(table.part, row);
    joined.parts.set(table.parts, row);
    for (let index = 0; index < table.ids.length; index++, row++) {
      joined.starts[row] = table.starts[index] + start;
      joined.ends[row] = table.ends[index] + start;
      joined.byteStarts[row] = table.byteStarts[index] + byteStart;
      if (hasGaps) byteEnds[row] = byteEndOf(table, index) + byteStart;
    }
  }
  return hasGaps ? { ...joined, byteEnds } : joined;
}

/** Where the bytes of a row end. */
function byteEndOf(table: TokenTable, row: number): number {
  if (table.byteEnds !== undefined) return table.byteEnds[row];
  return row + 1 < table.ids.length ? table.byteStarts[row + 1] : table.byteLength;
}
