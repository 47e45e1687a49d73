// Where tokens lie: in bytes, in UTF-16 and in whole characters, for any text there is.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TokenTable } from '../../src/protocol/tokens';
import { anyText, ours } from '../support/tokenizers';

const tokenizer = ours();
const encoder = new TextEncoder();

/** UTF-16 range and byte range of each character, counted one by one. */
function charactersOf(text: string): { start: number; end: number; from: number; to: number }[] {
  let start = 0;
  let from = 0;
  return Array.from(text, (character) => {
    const range = {
      start,
      end: start + character.length,
      from,
      to: from + encoder.encode(character).length,
    };
    start = range.end;
    from = range.to;
    return range;
  });
}

function rowsOf(table: TokenTable): { from: number; to: number; start: number; end: number }[] {
  return Array.from(table.ids, (_, row) => ({
    from: table.byteStarts[row] ?? NaN,
    to: table.byteStarts[row + 1] ?? table.byteLength,
    start: table.starts[row] ?? NaN,
    end: table.ends[row] ?? NaN,
  }));
}

describe('tokens of any text', () => {
  it('hold exactly its bytes, one after another', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const table = tokenizer.encode(text);
        assert.deepEqual(tokenizer.bytes(table.ids), encoder.encode(text));
        assert.equal(table.byteLength, encoder.encode(text).length);
        for (const [row, { from, to }] of rowsOf(table).entries()) {
          const id = table.ids[row] ?? NaN;
          assert.deepEqual(tokenizer.bytes([id]), encoder.encode(text).slice(from, to));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('decode to the text, unpaired surrogates to U+FFFD', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd');
        assert.equal(tokenizer.decode(tokenizer.encode(text).ids), wellFormed);
      }),
      { numRuns: 500 },
    );
  });

  it('have the smallest range of whole characters that holds their bytes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const characters = charactersOf(text);
        for (const { from, to, start, end } of rowsOf(tokenizer.encode(text))) {
          const held = characters.filter((character) => character.to > from && character.from < to);
          assert.equal(start, held[0]?.start);
          assert.equal(end, held.at(-1)?.end);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('cover the text without gaps once the parts of characters are put together', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const table = tokenizer.encode(text);
        let covered = '';
        for (let row = 0; row < table.ids.length; row += table.parts[row] ?? 1) {
          const last = row + (table.parts[row] ?? 1) - 1;
          covered += text.slice(table.starts[row], table.ends[last]);
        }
        assert.equal(covered, text);
      }),
      { numRuns: 500 },
    );
  });

  it('are numbered as parts exactly where a boundary lies inside a character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const boundaries = new Set([0, ...charactersOf(text).map(({ to }) => to)]);
        const table = tokenizer.encode(text);
        let group: number[] = [];
        for (const [row, { to }] of rowsOf(table).entries()) {
          group.push(row);
          if (!boundaries.has(to)) continue;
          for (const [part, member] of group.entries()) {
            assert.equal(table.part[member], part);
            assert.equal(table.parts[member], group.length);
          }
          group = [];
        }
        assert.deepEqual(group, []);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a character that is torn', () => {
  it('stands whole behind each of its parts', () => {
    const table = tokenizer.encode('a🧿b');
    const parts = Array.from(table.parts);
    const torn = parts.findIndex((count) => count > 1);
    const count = parts[torn] ?? 0;
    assert.ok(count > 1, 'the built-in vocabulary is expected to have no token for 🧿');
    for (let row = torn; row < torn + count; row++) {
      assert.deepEqual([table.starts[row], table.ends[row]], [1, 3]);
      assert.equal(table.part[row], row - torn);
    }
  });

  it('keeps the place of an unpaired surrogate as one code unit of three bytes', () => {
    const table = tokenizer.encode('x\ud83cy');
    assert.equal(table.byteLength, 5);
    const middle = Array.from(table.starts).indexOf(1);
    assert.equal(table.ends[middle], 2);
    assert.equal(table.byteStarts[middle], 1);
  });

  it('leaves CRLF, NUL and a byte order mark where they are', () => {
    const text = '\ufeffa\0b\r\nc';
    const table = tokenizer.encode(text);
    assert.equal(table.starts[0], 0);
    assert.equal(table.byteStarts[Array.from(table.starts).indexOf(1)], 3);
    assert.equal(tokenizer.decode(table.ids), text);
  });

  it('of an empty text there are none', () => {
    const table = tokenizer.encode('');
    assert.equal(table.ids.length, 0);
    assert.equal(table.byteLength, 0);
  });
});
