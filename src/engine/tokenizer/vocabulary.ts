import { fail } from '../../protocol/failures';
import type { VocabularyTable } from '../../protocol/tokens';
import type { AddedToken } from './addedTokens';
import { bytesOfEntry } from './byteAlphabet';

/** Ids of a byte-level vocabulary as bytes: entries through GPT-2's byte alphabet, added tokens as plain UTF-8. */
export function makeVocabularyTable(
  entries: ReadonlyMap<string, number>,
  added: readonly AddedToken[],
): VocabularyTable {
  const encoder = new TextEncoder();
  return tableOfEntries(entries, added, (entry) => bytesOfEntry(entry) ?? encoder.encode(entry));
}

/** Ids of a vocabulary as the bytes that `bytesOf` gives each entry, added tokens as plain UTF-8. */
export function tableOfEntries(
  entries: ReadonlyMap<string, number>,
  added: readonly AddedToken[],
  bytesOf: (entry: string) => Uint8Array,
): VocabularyTable {
  const encoder = new TextEncoder();
  const rows: (Uint8Array | undefined)[] = [];
  for (const [entry, id] of entries) rows[id] = bytesOf(entry);
  for (const token of added) rows[token.id] = encoder.encode(token.content);
  const special = added.filter((token) => token.special).map((token) => token.id);
  return { ...joinRows(rows), special };
}

/** The bytes of the ids, one after another. Throws `id-out-of-range`. */
export function bytesOfIds(table: VocabularyTable, ids: ArrayLike<number>): Uint8Array {
  const rows = table.offsets.length - 1;
  let length = 0;
  for (let index = 0; index < ids.length; index++) {
    const id = ids[index];
    if (!Number.isInteger(id) || id < 0 || id >= rows) {
      throw fail('id-out-of-range', { id: String(id), vocabulary: rows });
    }
    length += table.offsets[id + 1] - table.offsets[id];
  }
  const bytes = new Uint8Array(length);
  for (let index = 0, at = 0; index < ids.length; index++) {
    const from = table.offsets[ids[index]];
    const to = table.offsets[ids[index] + 1];
    bytes.set(table.bytes.subarray(from, to), at);
    at += to - from;
  }
  return bytes;
}

/** Bytes of each id, one after another. */
export function joinRows(
  rows: readonly (Uint8Array | undefined)[],
): Omit<VocabularyTable, 'special'> {
  const offsets = new Uint32Array(rows.length + 1);
  for (let id = 0; id < rows.length; id++) offsets[id + 1] = offsets[id] + (rows[id]?.length ?? 0);
  const bytes = new Uint8Array(offsets[rows.length]);
  for (let id = 0; id < rows.length; id++) bytes.set(rows[id] ?? [], offsets[id]);
  return { bytes, offsets };
}
