// The reference device against values from elsewhere: tables, closed forms, and brute force written differently.
import assert from 'node:assert/strict';
import { erf } from '../../src/engine/devices/reference/activation';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import type { Chunks, DeviceArray } from '../../src/engine/devices/device';
import type { Activation } from '../../src/protocol/modelConfig';
import { assertClose } from '../support/closeness';
import { seeded, spread } from '../support/random';

/** Sums of a few float64 terms in another order. */
const tolerance = 1e-13;
const device = new ReferenceDevice();

function put(values: ArrayLike<number>): DeviceArray {
  const array = device.allocate(values.length);
  device.write(array, 0, Float32Array.from(Array.from(values)));
  return array;
}

async function* inChunks(values: Float32Array, length: number): Chunks {
  const starts = Array.from({ length: Math.ceil(values.length / length) }, (_, i) => i * length);
  // Any order will do.
  for (const offset of starts.reverse()) {
    yield await Promise.resolve({ offset, values: values.slice(offset, offset + length) });
  }
}

describe('ReferenceDevice', () => {
  it('has the tabulated values of erf', () => {
    // Abramowitz & Stegun 1964, table 7.1, continued to float64 (DLMF 7.2).
    const table: [number, number][] = [
      [0, 0],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
      [5, 0.9999999999984626],
      [7, 1],
    ];
    for (const [x, y] of table) {
      assert.ok(Math.abs(erf(x) - y) < 1e-15, `erf ${x} = ${erf(x)}`);
      assert.equal(erf(-x), -erf(x));
    }
    assert.ok(Number.isNaN(erf(NaN)));
  });

  it('keeps every non-linearity finite at the ends of float32', async () => {
    const ends = [3e38, -3e38, 800, -800, 1e-45, 0];
    const kinds: Activation[] = ['gelu_new', 'gelu', 'relu', 'silu_gated', 'identity'];
    for (const kind of kinds) {
      const x = put(ends);
      device.activation({ kind, x, out: x, length: ends.length });
      const values = await device.read(x);
      assert.ok(values.every(Number.isFinite), `${kind}: ${values.join()}`);
      assert.equal(values[2], 800, kind);
      assert.equal(values[5], 0, kind);
    }
  });

  it('multiplies by a matrix in either layout', async () => {
    const random = seeded(1);
    const [rows, inputs, outputs] = [3, 5, 7];
    const w = spread(random, inputs * outputs);
    const turned = Float32Array.from(w, (_, i) => {
      return w[(i % inputs) * outputs + Math.floor(i / inputs)] ?? NaN;
    });
    const [x, bias] = [spread(random, 2 + rows * inputs), spread(random, outputs)];
    const expected = Float64Array.from({ length: rows * outputs }, (_, i) => {
      const [t, o] = [Math.floor(i / outputs), i % outputs];
      const row = x.slice(2 + t * inputs, 2 + (t + 1) * inputs);
      const start = bias[o] ?? NaN;
      return row.reduce((sum, value, k) => sum + value * (w[k * outputs + o] ?? NaN), start);
    });
    for (const [layout, values] of [
      ['in-out', w],
      ['out-in', turned],
    ] as const) {
      const weight = await device.matrix({ inputs, outputs, layout }, inChunks(values, 4));
      const out = device.allocate(rows * outputs);
      device.linear({ x: put(x), xOffset: 2, weight, bias: put(bias), out, rows });
      assertClose(await device.read(out), expected, { tolerance, what: layout });
      const column = Float64Array.from({ length: inputs }, (_, i) => w[i * outputs + 6] ?? NaN);
      assert.deepEqual(await device.readColumn(weight, 6), column);
      device.freeMatrix(weight);
    }
  });

  it('looks up rows of a table', async () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const shape = { inputs: 2, outputs: 3, layout: 'out-in' } as const;
    const table = await device.matrix(shape, inChunks(values, 6));
    const out = device.allocate(6);
    device.gather({ ids: Int32Array.of(2, 0, 2), table, out });
    assert.deepEqual([...(await device.read(out))], [5, 6, 1, 2, 5, 6]);
  });

  it('normalises a row by hand', async () => {
    const op = { rows: 1, columns: 4, epsilon: 0 };
    const x = put([1, 2, 3, 6]);
    const [weight, bias, out] = [put([1, 1, 1, 2]), put([0, 0, 0, 5]), device.allocate(4)];
    device.norm({ kind: 'layer', x, weight, bias, out, ...op });
    const layer = [-2, -1, 0, 6].map((value) => value / Math.sqrt(3.5));
    layer[3] = (layer[3] ?? NaN) + 5;
    assertClose(await device.read(out), layer, { tolerance, what: 'layer' });
    device.norm({ kind: 'rms', x, weight, out, ...op });
    const rms = [1, 2, 3, 12].map((value) => value / Math.sqrt(12.5));
    assertClose(await device.read(out), rms, { tolerance, what: 'rms' });
  });

  it('gives the bias for a row of equal values', async () => {
    const out = device.allocate(3);
    const [x, weight, bias] = [put([5, 5, 5]), put([1, 1, 1]), put([7, 8, 9])];
    device.norm({ kind: 'layer', x, weight, bias, out, rows: 1, columns: 3, epsilon: 1e-5 });
    assert.deepEqual([...(await device.read(out))], [7, 8, 9]);
  });

  it('turns pairs of a rotary head by position and frequency', async () => {
    // One head of 4: pairs (0, 2) and (1, 3), frequencies 1 and 100^(−1/2) = 0.1. The row stands at position 3.
    const x = put([9, 1, 2, 0, 0]);
    const view = { array: x, offset: 1, stride: 4 };
    device.rotary({ x: view, rows: 1, heads: 1, headSize: 4, start: 3, base: 100 });
    const expected = [9, Math.cos(3), 2 * Math.cos(0.3), Math.sin(3), 2 * Math.sin(0.3)];
    assertClose(await device.read(x), expected, { tolerance, what: 'rotated' });
  });

  it('shares attention by softmax, however large the scores', async () => {
    const shape = { heads: 1, keyHeads: 1, headSize: 1, queries: 2, keys: 3 };
    const out = device.allocate(6);
    const scores = put([800, 800 + Math.fround(1), -800, 0, 0, 0]);
    device.attentionPattern({ scores, out, shape, past: 1 });
    const share = 1 / (1 + Math.E);
    const expected = [share, 1 - share, 0, 1 / 3, 1 / 3, 1 / 3];
    assertClose(await device.read(out), expected, { tolerance, what: 'pattern' });
  });

  it('copies rows between strides', async () => {
    const [source, target] = [put([1, 2, 3, 4, 5, 6]), device.allocate(8)];
    device.copyRows({
      source: { array: source, offset: 1, stride: 3 },
      target: { array: target, offset: 2, stride: 4 },
      rows: 2,
      columns: 2,
    });
    assert.deepEqual([...(await device.read(target))], [0, 0, 2, 3, 0, 0, 5, 6]);
    assert.deepEqual([...(await device.read(target, 2, 2))], [2, 3]);
    assert.deepEqual([...(await device.read(target, 6))], [5, 6]);
  });

  it('notices an array that is used late, freed twice or not its own', () => {
    const array = put([1]);
    device.free(array);
    assert.throws(() => {
      device.free(array);
    }, /freed/);
    assert.throws(() => {
      device.write(array, 0, Float32Array.of(1));
    }, /freed/);
    assert.throws(() => device.read({ length: 1 }), /another device/);
  });

  it('says when there is no memory', () => {
    assert.throws(() => device.allocate(2 ** 52), /out-of-memory/);
  });

  it('frees everything when it is disposed of', () => {
    const own = new ReferenceDevice();
    const array = own.allocate(1);
    own.dispose();
    assert.throws(() => own.read(array), /freed/);
  });
});
