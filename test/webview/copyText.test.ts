/** Numbers that are copied are the numbers that were computed, to the last bit. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asJson, asTsv, exact } from '../../webview/copyText';

describe('Copied numbers', () => {
  it('are the same float32 again when they are read', () => {
    const single = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(fc.property(single, (value) => Math.fround(Number(exact(value))) === value));
  });

  it('have no more digits than that takes', () => {
    assert.equal(exact(Math.fround(0.1)), '0.1');
    assert.equal(exact(Math.fround(1 / 3)), '0.33333334');
    assert.equal(exact(-2), '-2');
    assert.equal(exact(Number.NaN), 'NaN');
    assert.equal(exact(-Infinity), '-Infinity');
  });

  it('are lines and tabs as TSV, one column for a vector, one number for a value', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    assert.equal(asTsv({ shape: [2, 3], values }), '1\t2\t3\n4\t5\t6');
    assert.equal(asTsv({ shape: [6], values }), '1\n2\n3\n4\n5\n6');
    assert.equal(asTsv({ shape: [], values: Float32Array.of(7) }), '7');
    assert.equal(asTsv({ shape: [0, 3], values: new Float32Array(0) }), '');
  });

  it('are nested by axis as JSON, with their name and shape, and null for what is no number', () => {
    const block = { shape: [2, 2], values: Float32Array.of(1, NaN, 0.5, Infinity) };
    assert.deepEqual(JSON.parse(asJson('blocks.0.attn.z[1]', block)), {
      name: 'blocks.0.attn.z[1]',
      shape: [2, 2],
      values: [
        [1, null],
        [0.5, null],
      ],
    });
    const value = { shape: [], values: Float32Array.of(0.25) };
    assert.deepEqual(JSON.parse(asJson('logits[3]', value)), {
      name: 'logits[3]',
      shape: [],
      values: 0.25,
    });
  });
});
