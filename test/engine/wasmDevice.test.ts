// What the wasm device promises beside its arithmetic: memory, errors and odd input.
import assert from 'node:assert/strict';
import type { Chunks, Device, DeviceArray } from '../../src/engine/devices/device';
import { startKernels } from '../../src/engine/devices/wasm/kernelModule';
import { createWasmDevice, WasmDevice } from '../../src/engine/devices/wasm/wasmDevice';
import { failureOf } from '../../src/protocol/failures';
import { once, put } from '../support/deviceData';
import { seeded, spread } from '../support/random';
import { runnableBuilds, wasmKernels as kernels } from '../support/wasmKernels';

describe('The wasm device', () => {
  let device: WasmDevice;
  beforeEach(() => {
    device = createWasmDevice(kernels);
  });
  afterEach(() => {
    device.dispose();
  });

  it('says that it is unavailable when the module does not validate', () => {
    const failure = failureOf(thrownBy(() => createWasmDevice(kernels.subarray(0, 100))));
    assert.equal(failure.code, 'device-unavailable');
  });

  it('hands out zeros, also where something lay before', async () => {
    const first = device.allocate(1_000);
    device.write(first, 0, new Float32Array(1_000).fill(7));
    device.free(first);
    assert.deepEqual(await device.read(device.allocate(1_000)), new Float32Array(1_000));
  });

  it('keeps what it holds while its memory grows, also in the middle of loading a matrix', async () => {
    const values = spread(seeded(1), 60 * 70);
    const kept = put(device, values);
    const held: DeviceArray[] = [];
    const matrix = await device.matrix(
      { inputs: 60, outputs: 70, layout: 'in-out' },
      growing(values, () => held.push(device.allocate(300_000))),
    );
    assert.deepEqual(await device.read(kept), values);
    const column = Float32Array.from({ length: 60 }, (_, row) => values[row * 70 + 69] ?? NaN);
    assert.deepEqual(await device.readColumn(matrix, 69), column);
    assert.equal(held.length, values.length / 100);
  });

  it('gives a copy to the reader', async () => {
    const array = put(device, Float32Array.of(1, 2, 3, 4));
    const part = await device.read(array, 1, 2);
    part[0] = 9;
    assert.deepEqual(await device.read(array, 1), Float32Array.of(2, 3, 4));
  });

  it('says how much was asked for when there is no more memory, and goes on', () => {
    const failure = failureOf(thrownBy(() => device.allocate(2 ** 31)));
    assert.equal(failure.code, 'out-of-memory');
    assert.ok(failure.details.bytes >= 2 ** 33);
    assert.equal(device.allocate(10).length, 10);
  });

  it('refuses arrays that are freed or of another device', () => {
    const array = device.allocate(4);
    device.free(array);
    assert.throws(() => device.free(array), TypeError);
    assert.throws(() => device.write(array, 0, new Float32Array(1)), TypeError);
    const other = createWasmDevice(kernels);
    assert.throws(() => device.free(other.allocate(4)), TypeError);
    other.dispose();
  });

  it('gives all memory back when loading a matrix fails', async () => {
    const before = device.usedBytes;
    const shape = { inputs: 3, outputs: 5, layout: 'out-in' } as const;
    await assert.rejects(device.matrix(shape, once(new Float32Array(14))), RangeError);
    await assert.rejects(device.matrix(shape, once(new Float32Array(15), 1)), RangeError);
    assert.equal(device.usedBytes, before);
  });

  it('holds a matrix once: no more than 1.01 times its values', async () => {
    const before = device.usedBytes;
    const [inputs, outputs] = [768, 2304];
    await device.matrix(
      { inputs, outputs, layout: 'in-out' },
      once(new Float32Array(inputs * outputs)),
    );
    assert.ok(device.usedBytes - before <= inputs * outputs * 4 * 1.01);
  });

  it('answers no call after it was disposed', () => {
    device.dispose();
    assert.throws(() => device.allocate(1), TypeError);
  });

  for (const kind of ['gelu_new', 'gelu', 'relu', 'silu_gated'] as const) {
    it(`computes a finite ${kind} of any finite number, which approaches max(x, 0)`, async () => {
      const x = Float32Array.of(-3.4e38, -1e30, -1e20, -1e10, -100, 0, 100, 1e10, 1e20, 3.4e38);
      const array = put(device, x);
      device.activation({ kind, x: array, out: array, length: x.length });
      const actual = await device.read(array);
      for (const [i, value] of x.entries()) {
        const [got, limit] = [actual[i] ?? NaN, Math.max(value, 0)];
        assert.ok(Math.abs(got - limit) <= 1e-30 + 1e-6 * limit, `${kind}(${value}) is ${got}`);
      }
    });
  }

  it('shows a score that is not a number as such, and not as a weight', async () => {
    const scores = put(device, Float32Array.of(1, NaN, 3, 4, 5, 6));
    const shape = { heads: 1, keyHeads: 1, headSize: 1, queries: 1, keys: 6 };
    for (const mask of [undefined, new Uint8Array(6).fill(1)]) {
      const out = device.allocate(6);
      device.attentionPattern({ scores, out, shape, past: 5, mask });
      assert.deepEqual(await device.read(out), new Float32Array(6).fill(NaN));
    }
    const out = device.allocate(6);
    device.activation({ kind: 'gelu_new', x: scores, out, length: 6 });
    assert.ok(Number.isNaN((await device.read(out))[1]));
  });

  it('keeps small weights as exact as large ones, down to e⁻⁸⁰ of the largest, and gives 0 below', async () => {
    const keys = 103;
    const x = Float32Array.from({ length: keys }, (_, k) => -k);
    const sum = x.reduce((total, value) => total + Math.exp(value), 0);
    const shape = { heads: 1, keyHeads: 1, headSize: 1, queries: 1, keys };
    for (const mask of [undefined, new Uint8Array(keys).fill(1)]) {
      const array = put(device, x);
      device.attentionPattern({ scores: array, out: array, shape, past: keys - 1, mask });
      const pattern = await device.read(array);
      for (const [k, value] of x.entries()) {
        const [actual, expected] = [pattern[k] ?? NaN, k > 80 ? 0 : Math.exp(value) / sum];
        // e^x is off by 1.2e-7, the sum and the product by as much again.
        assert.ok(Math.abs(actual - expected) <= 1e-6 * expected, `e^${value}: ${actual}`);
      }
    }
  });

  it('has weights that sum to 1 in every row', async () => {
    const shape = { heads: 2, keyHeads: 2, headSize: 1, queries: 50, keys: 131 };
    const cells = shape.heads * shape.queries * shape.keys;
    const array = put(device, spread(seeded(3), cells, 30));
    device.attentionPattern({ scores: array, out: array, shape, past: 81 });
    const pattern = await device.read(array);
    for (let row = 0; row < cells; row += shape.keys) {
      const sum = pattern.subarray(row, row + shape.keys).reduce((total, value) => total + value);
      // Half a unit in the last place of 1 for each of the 131 terms at worst.
      assert.ok(Math.abs(sum - 1) <= 131 * 6e-8, `row ${row / shape.keys} sums to ${sum}`);
    }
  });

  it('computes beyond the first 2 GB of its memory, where addresses have their highest bit set', async () => {
    const module = startKernels(kernels);
    module.allocator.allocate(2 ** 31 + 2 ** 20); // reserved, never touched
    const far = new WasmDevice(module);
    const values = spread(seeded(1), 300 * 77);
    const shape = { inputs: 300, outputs: 77, layout: 'out-in' } as const;
    const [near, distant] = [await product(device), await product(far)];
    assert.deepEqual(distant, near);
    far.dispose();

    async function product(on: Device): Promise<ArrayLike<number>> {
      const weight = await on.matrix(shape, once(values));
      const x = on.allocate(5 * 300);
      on.gather({ ids: Int32Array.of(76, 0, 33, 1, 2), table: weight, out: x });
      on.activation({ kind: 'gelu_new', x, out: x, length: 5 * 300 });
      const out = on.allocate(5 * 77);
      on.linear({ x, weight, out, rows: 5 });
      return on.read(out);
    }
  });

  for (const build of runnableBuilds) {
    it(`computes the same row to the last bit, alone or among others: ${build.name}`, async () => {
      const on = createWasmDevice(build.kernels);
      const [inputs, outputs] = [300, 77];
      const weight = await on.matrix(
        { inputs, outputs, layout: 'in-out' },
        once(spread(seeded(1), inputs * outputs)),
      );
      const x = spread(seeded(2), 40 * inputs);
      assert.deepEqual(await product(40), await product(1));
      assert.deepEqual(await product(3), await product(1));
      on.dispose();

      async function product(rows: number): Promise<ArrayLike<number>> {
        const out = on.allocate(rows * outputs);
        on.linear({ x: put(on, x.subarray(0, rows * inputs)), weight, out, rows });
        return on.read(out, 0, outputs);
      }
    });
  }
});

/** Chunks of 100 values, with something happening before each. */
async function* growing(values: Float32Array, happens: () => void): Chunks {
  for (let offset = 0; offset < values.length; offset += 100) {
    await Promise.resolve();
    happens();
    yield { offset, values: values.subarray(offset, offset + 100) };
  }
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  return assert.fail('nothing was thrown');
}
