// Matrices kept as float16 or bytes: what they are rounded to, and that products read exactly that.
import assert from 'node:assert/strict';
import { createCompactWasmDevice } from '../../src/engine/devices/wasm/compactWasmDevice';
import { fromHalf, toHalves } from '../../src/engine/devices/weightFormat';
import { roundedWeights } from '../../src/engine/model/roundedWeights';
import { createWasmDevice } from '../../src/engine/devices/wasm/wasmDevice';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { loadModel, randomWeights, smallConfig, traceModel } from '../support/models';
import { seeded, spread, wholes } from '../support/random';
import { weightsOf, type Tensor } from '../support/safetensors';
import { wasmKernels as kernels } from '../support/wasmKernels';

/** More inputs than a block is deep, and outputs that fill no panel. */
const config: ModelConfig = { ...smallConfig, width: 300, hidden: 517, headSize: 75, heads: 4 };
const ids = wholes(seeded(4), 16, config.vocabulary);

const toHalf = (value: number): number | undefined => toHalves(Float32Array.of(value))[0];

describe('float16', () => {
  it('rounds to the nearest, to even between two', () => {
    for (const [value, half] of [
      [1, 0x3c00],
      [-2, 0xc000],
      [65_504, 0x7bff],
      [1e6, 0x7bff],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [2 ** -25 * 1.001, 1],
      [2 ** -14, 0x0400],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [2 - 2 ** -12, 0x4000],
      [0, 0],
    ] as const) {
      assert.equal(toHalf(value), half, String(value));
    }
  });

  it('comes back from every finite pattern of its bits', () => {
    for (let half = 0; half < 0x8000; half++) {
      if (half >> 10 === 31) continue;
      assert.equal(toHalf(fromHalf(half)), half);
      assert.equal(toHalf(fromHalf(half | 0x8000)), half === 0 ? 0x8000 : half | 0x8000);
    }
  });
});

for (const format of ['f16', 'int8'] as const) {
  describe(`Weights kept as ${format}`, () => {
    it('give the numbers of float32 kernels on rounded weights', async () => {
      const weights = randomWeights(config);
      const compact = createCompactWasmDevice(kernels, format);
      const plain = createWasmDevice(kernels);
      const rounded = await collected(roundedWeights(weightsOf(weights, 1000), format));
      const small = await loadModel(compact, config, weights);
      const whole = await loadModel(plain, config, rounded);
      for (const [some, count] of [
        [ids, 16],
        [ids.subarray(0, 1), 1],
      ] as const) {
        const [actual, expected] = [await traceModel(small, some), await traceModel(whole, some)];
        assert.equal(some.length, count);
        for (const name of expected.names) {
          // Slices of a product are computed as the whole is, but for which tile a column falls into.
          close(actual.values(name), expected.values(name), name);
        }
      }
      for (const id of [0, 7, 22]) {
        assert.deepEqual(await small.embeddingRow(id), await whole.embeddingRow(id));
      }
      for (const device of [compact, plain]) device.dispose();
    });

    it('take a half or a quarter of the memory', async () => {
      const shape = { inputs: 512, outputs: 1008, layout: 'in-out' } as const;
      const device = createCompactWasmDevice(kernels, format);
      const before = device.usedBytes;
      const matrix = await device.matrix(shape, once(spread(seeded(1), 516_096)));
      const share = (device.usedBytes - before) / (4 * 516_096);
      // Scales, and padding to cache lines.
      assert.ok(share < (format === 'f16' ? 0.501 : 0.253), String(share));
      device.freeMatrix(matrix);
      assert.equal(device.usedBytes, before);
      await assert.rejects(async () => device.readColumn(matrix, 0), TypeError);
      device.dispose();
    });
  });
}

async function collected(
  source: ReturnType<typeof roundedWeights>,
): Promise<ReadonlyMap<string, Tensor>> {
  const tensors = new Map<string, Tensor>();
  for (const name of source.names) {
    const shape = source.shape(name);
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for await (const chunk of source.chunks(name)) values.set(chunk.values, chunk.offset);
    tensors.set(name, { shape, values });
  }
  return tensors;
}

/** Sums of 517 products in another order: 1e-5 of the largest. */
function close(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let at = 0; at < expected.length; at++) {
    const apart = Math.abs((actual[at] ?? NaN) - (expected[at] ?? NaN));
    assert.ok(apart <= 1e-5 * largest, `${what}[${at}]: ${actual[at]} against ${expected[at]}`);
  }
}

async function* once(values: Float32Array) {
  yield await Promise.resolve({ offset: 0, values });
}
