// When generation ends: end token, stop strings in bytes, length.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stopReason } from '../../src/engine/sampling/stopping';

/** A vocabulary in which id n is byte n. */
const bytesOf = (ids: ArrayLike<number>): Uint8Array => Uint8Array.from(ids);
const never = { maxTokens: 1_000_000, stopStrings: [] };

describe('generation', () => {
  it('ends with the end token, also when a stop string ends there too', () => {
    const stop = { ...never, stopStrings: ['b'] };
    const generated = idsOf('ab');
    assert.equal(stopReason({ generated, stop, endId: 98, bytesOf }), 'end');
    assert.equal(stopReason({ generated, stop, endId: 97, bytesOf }), 'stop');
  });

  it('ends at the length, counted in generated tokens', () => {
    const stop = { ...never, maxTokens: 3 };
    assert.equal(
      stopReason({ generated: idsOf('ab'), stop, endId: undefined, bytesOf }),
      undefined,
    );
    assert.equal(
      stopReason({ generated: idsOf('abc'), stop, endId: undefined, bytesOf }),
      'length',
    );
  });

  it('ends where the first stop string is complete, wherever token boundaries cut its characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.string({ unit: fc.constantFrom('あ', '🍵', 'a', '\n'), minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (before, stopString, lengths) => {
          const text = new TextEncoder().encode(`${before}${stopString}…`);
          const tokens = cut(text, lengths);
          const stop = { ...never, stopStrings: ['never this', stopString] };
          const bytes = (ids: ArrayLike<number>): Uint8Array =>
            Uint8Array.from(Array.from(ids).flatMap((id) => [...(tokens[id] ?? [])]));
          const ended = tokens.findIndex((_, last) => {
            const generated = Array.from({ length: last + 1 }, (_, id) => id);
            return stopReason({ generated, stop, endId: undefined, bytesOf: bytes }) === 'stop';
          });
          const complete = tokens.findIndex((_, last) => {
            const ids = Array.from({ length: last + 1 }, (_, id) => id);
            return Buffer.from(bytes(ids)).includes(stopString);
          });
          assert.equal(ended, complete);
        },
      ),
    );
  });

  it('goes on after a stop string that was passed before', () => {
    const stop = { ...never, stopStrings: ['ab'] };
    assert.equal(
      stopReason({ generated: idsOf('abc'), stop, endId: undefined, bytesOf }),
      undefined,
    );
    assert.equal(
      stopReason({ generated: idsOf('abcab'), stop, endId: undefined, bytesOf }),
      'stop',
    );
  });

  it('needs no bytes when there are no stop strings', () => {
    const noBytes = (): never => {
      throw new Error('asked for bytes');
    };
    const question = { generated: [1], stop: never, endId: undefined, bytesOf: noBytes };
    assert.equal(stopReason(question), undefined);
  });
});

function idsOf(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

function cut(bytes: Uint8Array, lengths: Iterator<number>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const length = lengths.next().value as number;
    parts.push(bytes.subarray(start, start + length));
    start += length;
  }
  return parts;
}
