// Characters of bytes, checked against the platform's own decoder.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeUtf8 } from '../../src/protocol/utf8';

/** Bytes that often begin, continue or break characters. */
const tricky = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => bytes.map((byte) => (byte % 3 === 0 ? byte : 0x80 + (byte % 0x80))));

describe('decodeUtf8', () => {
  it('puts replacement characters where the platform does, for any bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), tricky), (bytes) => {
        const text = decodeUtf8(bytes)
          .map((character) => character.text)
          .join('');
        assert.equal(text, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives every byte to exactly one character, in order', () => {
    fc.assert(
      fc.property(tricky, (bytes) => {
        const joined = decodeUtf8(bytes).flatMap((character) => [...character.bytes]);
        assert.deepEqual(joined, [...bytes]);
      }),
    );
  });

  it('knows the beginning of a character from bytes that never become one', () => {
    const cat = new TextEncoder().encode('猫');
    assert.equal(decodeUtf8(cat.subarray(0, 2)).at(-1)?.unfinished, true);
    assert.equal(decodeUtf8(Uint8Array.of(0x80)).at(-1)?.unfinished, false);
    assert.equal(decodeUtf8(Uint8Array.of(0xe7, 0x20)).at(0)?.unfinished, false);
    assert.equal(decodeUtf8(cat).at(-1)?.valid, true);
  });
});
