import { fail } from '../../protocol/failures';
import type { VocabularyTable } from '../../protocol/tokens';
import { joinRows } from './vocabulary';

/**
 * The vocabulary of an encoding from its rank table: for each rank a byte that says how many bytes follow, none where the
 * id is a special token's. Of a longer table only the first `ranks` count. Throws `file-unreadable` for a table cut short.
 */
export function readEncodingTable(
  file: { readonly name: string; readonly bytes: Uint8Array },
  ranks: number,
  specials: ReadonlyMap<string, number>,
): VocabularyTable {
  const rows: (Uint8Array | undefined)[] = [];
  let at = 0;
  while (rows.length < ranks) {
    const start = at + 1;
    const end = start + file.bytes[at];
    if (!(end <= file.bytes.length)) throw fail('file-unreadable', { file: file.name, why: 'EOF' });
    rows.push(file.bytes.subarray(start, end));
    at = end;
  }
  const encoder = new TextEncoder();
  for (const [content, id] of specials) rows[id] = encoder.encode(content);
  return { ...joinRows(rows), special: [...new Set(specials.values())] };
}
