// What the wasm device promises beside its arithmetic: memory, errors and odd input.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Chunks, Device, DeviceArray } from '../../src/engine/devices/device';
import { createWasmDevice, type WasmDevice } from '../../src/engine/devices/wasm/wasmDevice';
import { failureOf } from '../../src/protocol/failures';
import { seeded, spread } from '../support/random';

const kernels = readFileSync('dist/kernels.wasm');

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
    await assert.rejects(device.matrix(shape, once(0, new Float32Array(14))), RangeError);
    await assert.rejects(device.matrix(shape, once(1, new Float32Array(15))), RangeError);
    assert.equal(device.usedBytes, before);
  });

  it('holds a matrix once: no more than 1.01 times its values', async () => {
    const before = device.usedBytes;
    const [inputs, outputs] = [768, 2304];
    await device.matrix(
      { inputs, outputs, layout: 'in-out' },
      once(0, new Float32Array(inputs * outputs)),
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

  it('computes the same row to the last bit, alone or among others', async () => {
    const [inputs, outputs] = [300, 77];
    const weight = await device.matrix(
      { inputs, outputs, layout: 'in-out' },
      once(0, spread(seeded(1), inputs * outputs)),
    );
    const x = spread(seeded(2), 40 * inputs);
    assert.deepEqual(await product(40), await product(1));
    assert.deepEqual(await product(3), await product(1));

    async function product(rows: number): Promise<ArrayLike<number>> {
      const out = device.allocate(rows * outputs);
      device.linear({ x: put(device, x.subarray(0, rows * inputs)), weight, out, rows });
      return device.read(out, 0, outputs);
    }
  });
});

function put(device: Device, values: Float32Array): DeviceArray {
  const array = device.allocate(values.length);
  device.write(array, 0, values);
  return array;
}

async function* once(offset: number, values: Float32Array): Chunks {
  yield await Promise.resolve({ offset, values });
}

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
