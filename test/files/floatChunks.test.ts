// Stored numbers as float32: exact, in chunks, and never NaN.
import assert from 'node:assert/strict';
import { SafetensorsWeights } from '../../src/engine/files/safetensorsWeights';
import { readSafetensorsHeader } from '../../src/engine/files/safetensorsHeader';
import type { WeightSource } from '../../src/engine/model/weights';
import { rejectsWith } from '../support/failing';
import { float32Tensor, memoryFolder, packTensors, type RawTensor } from '../support/modelFolders';

async function weightsOf(tensors: Readonly<Record<string, RawTensor>>): Promise<WeightSource> {
  const source = await memoryFolder({ file: packTensors(tensors) }).open('file');
  assert.ok(source !== undefined);
  const entries = await readSafetensorsHeader(source, 'file');
  return new SafetensorsWeights([{ file: 'file', source, entries }]);
}

async function valuesOf(weights: WeightSource, name: string): Promise<number[]> {
  const values: number[] = [];
  for await (const chunk of weights.chunks(name)) {
    assert.equal(chunk.offset, values.length);
    for (const value of chunk.values) values.push(value);
  }
  return values;
}

function halves(dtype: 'F16' | 'BF16', bits: readonly number[]): RawTensor {
  const bytes = Buffer.alloc(bits.length * 2);
  for (const [index, half] of bits.entries()) bytes.writeUInt16LE(half, index * 2);
  return { dtype, shape: [bits.length], bytes };
}

describe('stored numbers', () => {
  it('in f16 are widened exactly: zeros, subnormals, one, largest', async () => {
    const bits = [0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xc000, 0x3555, 0x7bff, 0xfbff];
    const weights = await weightsOf({ w: halves('F16', bits) });
    const expected = [
      0,
      -0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      -2,
      0.333251953125,
      65504,
      -65504,
    ];
    assert.deepEqual(await valuesOf(weights, 'w'), expected);
  });

  it('in f16 are, for all finite values, sign · 2^(e − 25) · (1024 + fraction)', async () => {
    const bits = Array.from({ length: 0x10000 }, (_, half) => half).filter(
      (half) => (half & 0x7c00) !== 0x7c00,
    );
    const weights = await weightsOf({ w: halves('F16', bits) });
    const expected = bits.map((half) => {
      const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
      const size =
        exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
      return half & 0x8000 ? -size : size;
    });
    assert.deepEqual(await valuesOf(weights, 'w'), expected);
  });

  it('in bf16 are the upper halves of float32', async () => {
    const bits = [0x0000, 0x8000, 0x0001, 0x3f80, 0xbf80, 0x4049, 0x7f7f];
    const weights = await weightsOf({ w: halves('BF16', bits) });
    const expected = bits.map((half) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(half * 0x10000);
      return bytes.readFloatLE();
    });
    assert.deepEqual(await valuesOf(weights, 'w'), expected);
    assert.equal(expected[3], 1);
  });

  it('come in chunks of a few megabytes, never the whole tensor at once', async () => {
    const length = 3 * 1024 * 1024 + 5;
    const folder = memoryFolder({
      file: packTensors({ w: { dtype: 'F32', shape: [length], bytes: Buffer.alloc(length * 4) } }),
    });
    const source = await folder.open('file');
    assert.ok(source !== undefined);
    const entries = await readSafetensorsHeader(source, 'file');
    const weights = new SafetensorsWeights([{ file: 'file', source, entries }]);
    const lengths: number[] = [];
    for await (const { values } of weights.chunks('w')) lengths.push(values.length);
    assert.deepEqual(lengths, [1 << 20, 1 << 20, 1 << 20, 5]);
    assert.ok(folder.longestRead <= 4 * 1024 * 1024);
  });

  for (const value of [NaN, Infinity, -Infinity]) {
    it(`that are ${value} are refused with tensor and index`, async () => {
      const weights = await weightsOf({ w: float32Tensor([3], [1, 2, value]) });
      const details = await rejectsWith('tensor-not-finite', valuesOf(weights, 'w'));
      assert.deepEqual(details, { tensor: 'w', index: 2, value: String(value) });
    });
  }

  it('that are infinite in f16 are refused, also behind the first chunk', async () => {
    const bits = new Array<number>(2 * 1024 * 1024 + 3).fill(0x3c00);
    bits[bits.length - 1] = 0x7c00;
    const weights = await weightsOf({ w: halves('F16', bits) });
    const details = await rejectsWith('tensor-not-finite', valuesOf(weights, 'w'));
    assert.deepEqual(details, { tensor: 'w', index: bits.length - 1, value: 'Infinity' });
  });

  it('of another type are refused by its name', async () => {
    const weights = await weightsOf({ w: { dtype: 'I8', shape: [1], bytes: Buffer.alloc(1) } });
    const details = await rejectsWith('tensor-type', valuesOf(weights, 'w'));
    assert.deepEqual(details, { tensor: 'w', type: 'I8' });
  });
});
