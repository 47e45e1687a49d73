// Headers that lie, each with what is said of it.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readSafetensorsHeader } from '../../src/engine/files/safetensorsHeader';
import { failureOf } from '../../src/protocol/failures';
import { rejectsWith } from '../support/failing';
import { byteSource, safetensorsOf } from '../support/modelFolders';

const f32 = (from: number, to: number, shape: unknown = [(to - from) / 4]): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [from, to],
});

function headerOf(file: Uint8Array): ReturnType<typeof readSafetensorsHeader> {
  return readSafetensorsHeader(byteSource(file), 'model.safetensors');
}

const faults: readonly (readonly [string, Uint8Array, string, string])[] = [
  ['no bytes at all', Buffer.alloc(0), 'too-short', ''],
  ['seven bytes', Buffer.alloc(7), 'too-short', ''],
  ['a header of 2⁶³ bytes', safetensorsOf('{}', 0, 2n ** 63n), 'header-too-large', ''],
  ['a header of 2⁶⁴ − 1 bytes', safetensorsOf('{}', 0, 2n ** 64n - 1n), 'header-too-large', ''],
  ['a header over the limit', safetensorsOf('{}', 0, 100_000_001n), 'header-too-large', ''],
  ['a header longer than the file', safetensorsOf('{}', 0, 3n), 'header-beyond-file', ''],
  ['a header that is not JSON', safetensorsOf('{"a":'), 'header-not-json', ''],
  ['a header that is empty', safetensorsOf(''), 'header-not-json', ''],
  ['a header that is a list', safetensorsOf([]), 'header-not-object', ''],
  ['a header that is null', safetensorsOf('null'), 'header-not-object', ''],
  ['an entry that is a number', safetensorsOf({ a: 1 }), 'entry-invalid', 'a'],
  [
    'an entry without offsets',
    safetensorsOf({ a: { dtype: 'F32', shape: [] } }),
    'entry-invalid',
    'a',
  ],
  ['a negative size', safetensorsOf({ a: f32(0, 4, [-1]) }, 4), 'entry-invalid', 'a'],
  ['half a size', safetensorsOf({ a: f32(0, 4, [0.5]) }, 4), 'entry-invalid', 'a'],
  ['a negative offset', safetensorsOf({ a: f32(-4, 0, [1]) }, 4), 'entry-invalid', 'a'],
  [
    'three offsets',
    safetensorsOf({ a: { ...f32(0, 4), data_offsets: [0, 4, 8] } }, 8),
    'entry-invalid',
    'a',
  ],
  [
    'a name twice',
    safetensorsOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{}}', 4),
    'name-duplicate',
    'a',
  ],
  [
    'offsets the wrong way round',
    safetensorsOf({ a: f32(8, 4, [1]) }, 8),
    'offsets-out-of-range',
    'a',
  ],
  [
    'an end outside the file',
    safetensorsOf({ a: f32(0, 400, [1]) }, 4),
    'offsets-out-of-range',
    'a',
  ],
  [
    'offsets of 2⁶³',
    safetensorsOf({ a: f32(2 ** 63, 2 ** 63, [0]) }, 4),
    'offsets-out-of-range',
    'a',
  ],
  ['an end of 2⁶³', safetensorsOf({ a: f32(0, 2 ** 63, [1]) }, 4), 'offsets-out-of-range', 'a'],
  [
    'tensors over one another',
    safetensorsOf({ a: f32(0, 8), b: f32(4, 12) }, 12),
    'offsets-overlap',
    'b',
  ],
  [
    'the same bytes twice',
    safetensorsOf({ a: f32(0, 8), b: f32(0, 8) }, 8),
    'offsets-overlap',
    'b',
  ],
  [
    'a hole between tensors',
    safetensorsOf({ a: f32(0, 4), b: f32(8, 12) }, 12),
    'offsets-gap',
    'b',
  ],
  ['bytes behind the last tensor', safetensorsOf({ a: f32(0, 4) }, 5), 'offsets-gap', ''],
  ['fewer bytes than the shape', safetensorsOf({ a: f32(0, 4, [2]) }, 4), 'size-mismatch', 'a'],
  [
    'a shape whose size overflows',
    safetensorsOf({ a: f32(0, 4, [2 ** 32, 2 ** 32]) }, 4),
    'size-mismatch',
    'a',
  ],
  [
    'data that was cut off',
    safetensorsOf({ a: f32(0, 4), b: f32(4, 12) }, 9),
    'data-truncated',
    'b',
  ],
  ['data that is not there', safetensorsOf({ a: f32(0, 4) }), 'data-truncated', 'a'],
];

describe('a safetensors header', () => {
  for (const [what, file, why, tensor] of faults) {
    it(`with ${what} is refused as ${why}`, async () => {
      const details = await rejectsWith('safetensors-malformed', headerOf(file));
      assert.deepEqual(details, { file: 'model.safetensors', why, tensor });
    });
  }

  it('gives entries in the order of their data, with places in the file', async () => {
    const header = { __metadata__: { format: 'pt' }, b: f32(4, 12, [1, 2]), a: f32(0, 4, []) };
    const file = safetensorsOf(header, 12);
    const start = file.length - 12;
    assert.deepEqual(await headerOf(file), [
      { name: 'a', type: 'F32', shape: [], offset: start, bytes: 4 },
      { name: 'b', type: 'F32', shape: [1, 2], offset: start + 4, bytes: 8 },
    ]);
  });

  it('may be padded with spaces, name tensors of no size and types nobody knows', async () => {
    const unknown = { dtype: 'F4_NEW', shape: [3], data_offsets: [0, 2] };
    const text = `${JSON.stringify({ x: unknown, empty: f32(2, 2, [0, 5]), __proto__: 1 })}    `;
    const entries = await headerOf(safetensorsOf(text, 2));
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['x', 'empty'],
    );
  });

  it('of any bytes is read or refused with a failure, never with another error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.uint8Array({ maxLength: 24 }), async (json, data) => {
        const outcome = await headerOf(safetensorsOf(json, data)).then(() => undefined, failureOf);
        assert.ok(outcome === undefined || outcome.code === 'safetensors-malformed', outcome?.code);
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        const outcome = await headerOf(bytes).then(() => undefined, failureOf);
        assert.ok(outcome === undefined || outcome.code === 'safetensors-malformed', outcome?.code);
      }),
    );
  });
});
