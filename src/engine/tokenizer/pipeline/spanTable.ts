import type { TokenTable } from '../../../protocol/tokens';
import { bytesOf } from './aligned';

/** A token and the bytes of the original text it comes from. */
export interface PlacedToken {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** The table of tokens that need not cover the text: what was changed or left out has no bytes of its own in them. */
export function spanTable(text: string, tokens: readonly PlacedToken[]): TokenTable {
  const characters = charactersByByte(text);
  const count = tokens.length;
  const table = {
    ids: Int32Array.from(tokens, ({ id }) => id),
    starts: Uint32Array.from(tokens, ({ from }) => characters.starts[from]),
    ends: Uint32Array.from(tokens, ({ from, to }) =>
      to > from ? characters.ends[to - 1] : characters.starts[from],
    ),
    part: new Uint8Array(count),
    parts: new Uint8Array(count).fill(1),
    byteStarts: Uint32Array.from(tokens, ({ from }) => from),
    byteEnds: Uint32Array.from(tokens, ({ to }) => to),
    byteLength: characters.starts.length - 1,
  };
  numberParts(table);
  return table;
}

/** UTF-16 range of the character that each byte belongs to; one start more, for the end of the text. */
function charactersByByte(text: string): {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
} {
  const length = new TextEncoder().encode(text).length;
  const starts = new Uint32Array(length + 1);
  const ends = new Uint32Array(length);
  let at = 0;
  let byte = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const last = byte + bytesOf(point);
    for (; byte < last; byte++) {
      starts[byte] = at;
      ends[byte] = at + character.length;
    }
    at += character.length;
  }
  starts[length] = at;
  return { starts, ends };
}

/** Numbers tokens through that share characters, from one that shares none with those before to the next such. */
function numberParts(table: Pick<TokenTable, 'starts' | 'ends' | 'part' | 'parts'>): void {
  const { starts, ends, part, parts } = table;
  for (let from = 0; from < starts.length;) {
    let to = from + 1;
    for (let reach = ends[from]; to < starts.length && starts[to] < reach; to++) {
      reach = Math.max(reach, ends[to]);
    }
    for (let row = from; row < to; row++) {
      part[row] = Math.min(row - from, 254);
      parts[row] = Math.min(to - from, 255);
    }
    from = to;
  }
}
