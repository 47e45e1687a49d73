/** Looking things up in token tables, and taking parts of them. */
import type { TokenTable } from '../../protocol/tokens';

/** The token that holds the character at an offset of the text; the last one when it is beyond. */
export function rowAtOffset(table: TokenTable, offset: number): number {
  const row = table.ends.findIndex((end) => end > offset);
  return row < 0 ? table.ends.length - 1 : row;
}

/** The first tokens of a table. */
export function headOf(table: TokenTable, count: number): TokenTable {
  return {
    ids: table.ids.slice(0, count),
    starts: table.starts.slice(0, count),
    ends: table.ends.slice(0, count),
    part: table.part.slice(0, count),
    parts: table.parts.slice(0, count),
    byteStarts: table.byteStarts.slice(0, count),
    ...(table.byteEnds && { byteEnds: table.byteEnds.slice(0, count) }),
    byteLength: table.byteStarts[count] ?? table.byteLength,
  };
}
