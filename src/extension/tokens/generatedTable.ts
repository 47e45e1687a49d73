/** Token tables put together from ids: what was generated need not be how the tokenizer would cut the same text. */
import type { TokenTable } from '../../protocol/tokens';
import { decodeUtf8 } from '../../protocol/utf8';
import type { Vocabulary } from './vocabulary';

export interface TextAndTable {
  readonly text: string;
  readonly table: TokenTable;
}

/** A prompt's text and table with generated ids put after them. */
export function appendGenerated(
  prompt: TextAndTable,
  ids: readonly number[],
  vocabulary: Vocabulary,
): TextAndTable {
  if (ids.length === 0) return prompt;
  const tail = tableOfIds(ids, vocabulary);
  return { text: prompt.text + tail.text, table: joined(prompt, tail.table) };
}

/** The text that the ids' bytes are, and where in it each token lies. Bytes that are no character become U+FFFD. */
export function tableOfIds(ids: readonly number[], vocabulary: Vocabulary): TextAndTable {
  const chunks = ids.map((id) => vocabulary.textBytes(id));
  const byteStarts = Uint32Array.from(runningSums(chunks.map((chunk) => chunk.length)));
  const bytes = concatenated(chunks);
  const characters = decodeUtf8(bytes);
  const place = placesOfBytes(characters, bytes.length);
  const count = ids.length;
  const table = {
    ids: Int32Array.from(ids),
    starts: new Uint32Array(count),
    ends: new Uint32Array(count),
    part: new Uint8Array(count),
    parts: new Uint8Array(count).fill(1),
    byteStarts,
    byteLength: bytes.length,
  };
  for (let n = 0; n < count; n++) {
    const from = byteStarts[n] ?? 0;
    const to = byteStarts[n + 1] ?? bytes.length;
    const isEmpty = from === to;
    table.starts[n] = isEmpty ? (place.ends[from - 1] ?? 0) : (place.starts[from] ?? 0);
    table.ends[n] = isEmpty ? (table.starts[n] ?? 0) : (place.ends[to - 1] ?? 0);
  }
  markParts(table);
  return { text: characters.map((character) => character.text).join(''), table };
}

/** For each byte, the UTF-16 range of the character it belongs to. */
function placesOfBytes(
  characters: ReturnType<typeof decodeUtf8>,
  byteLength: number,
): { starts: Uint32Array; ends: Uint32Array } {
  const starts = new Uint32Array(byteLength);
  const ends = new Uint32Array(byteLength);
  let offset = 0;
  for (const { start, bytes, text } of characters) {
    starts.fill(offset, start, start + bytes.length);
    offset += text.length;
    ends.fill(offset, start, start + bytes.length);
  }
  return { starts, ends };
}

/** Neighbours with the same range that is not empty are the parts of one character. */
function markParts(table: {
  starts: Uint32Array;
  ends: Uint32Array;
  part: Uint8Array;
  parts: Uint8Array;
}): void {
  const { starts, ends, part, parts } = table;
  for (let first = 0; first < starts.length;) {
    let next = first + 1;
    const isText = starts[first] !== ends[first];
    while (
      isText &&
      next < starts.length &&
      starts[next] === starts[first] &&
      ends[next] === ends[first]
    )
      next++;
    for (let n = first; n < next; n++) {
      part[n] = n - first;
      parts[n] = next - first;
    }
    first = next;
  }
}

function joined(head: TextAndTable, tail: TokenTable): TokenTable {
  const { table, text } = head;
  const shifted = (values: Uint32Array, by: number): Uint32Array =>
    values.map((value) => value + by);
  return {
    ids: concatenatedInts(table.ids, tail.ids),
    starts: concatenatedOffsets(table.starts, shifted(tail.starts, text.length)),
    ends: concatenatedOffsets(table.ends, shifted(tail.ends, text.length)),
    part: concatenated([table.part, tail.part]),
    parts: concatenated([table.parts, tail.parts]),
    byteStarts: concatenatedOffsets(table.byteStarts, shifted(tail.byteStarts, table.byteLength)),
    ...(table.byteEnds && {
      byteEnds: concatenatedOffsets(table.byteEnds, shifted(endsOfBytes(tail), table.byteLength)),
    }),
    byteLength: table.byteLength + tail.byteLength,
  };
}

/** Where each row's bytes end, of a table whose rows cover the text. */
function endsOfBytes({ byteStarts, byteLength }: TokenTable): Uint32Array {
  return byteStarts.map((_, row) => byteStarts[row + 1] ?? byteLength);
}

function concatenated(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function concatenatedInts(head: Int32Array, tail: Int32Array): Int32Array {
  return Int32Array.of(...head, ...tail);
}

function concatenatedOffsets(head: Uint32Array, tail: Uint32Array): Uint32Array {
  const all = new Uint32Array(head.length + tail.length);
  all.set(head);
  all.set(tail, head.length);
  return all;
}

function runningSums(lengths: readonly number[]): number[] {
  let sum = 0;
  return lengths.map((length) => {
    const start = sum;
    sum += length;
    return start;
  });
}
