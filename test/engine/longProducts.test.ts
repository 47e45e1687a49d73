// Products that take long are cut, so that a cancellation is heard soon.
import assert from 'node:assert/strict';
import type { LinearOp } from '../../src/engine/devices/device';
import { linearInParts } from '../../src/engine/model/longProducts';
import { deviceCases } from '../support/devices';
import { seeded, spread } from '../support/random';

/** [rows, inputs]·[inputs, outputs]: 5.7e8 multiplications, a little more than are done at once. */
const [rows, inputs, outputs] = [1100, 512, 1024];

describe('A product of many rows', () => {
  it('is computed in parts with pauses between, to the same numbers', async () => {
    const device = deviceCases.at(-1)?.create();
    assert.ok(device?.name === 'wasm');
    const random = seeded(5);
    const x = device.allocate(rows * inputs + 3);
    device.write(x, 3, spread(random, rows * inputs));
    const weight = await device.matrix({ inputs, outputs, layout: 'in-out' }, chunk());
    const bias = device.allocate(outputs);
    device.write(bias, 0, spread(random, outputs));
    const [whole, parts] = [device.allocate(rows * outputs), device.allocate(rows * outputs)];
    const op = { x, xOffset: 3, weight, bias, rows };
    device.linear({ ...op, out: whole });

    const calls: number[] = [];
    let pauses = 0;
    const counting = Object.assign(Object.create(device) as typeof device, {
      linear: (part: LinearOp) => {
        calls.push(part.rows);
        device.linear(part);
      },
      allocate: (length: number) => device.allocate(length),
      free: (array: LinearOp['out']) => {
        device.free(array);
      },
      copyRows: device.copyRows.bind(device),
    });
    const pause = (): Promise<void> => {
      pauses++;
      return Promise.resolve();
    };
    await linearInParts({ device: counting, pause }, { ...op, out: parts });
    assert.deepEqual(calls, [560, 540]);
    assert.equal(pauses, 2);
    assert.deepEqual(await device.read(parts), await device.read(whole));
    device.dispose();

    async function* chunk(): AsyncIterable<{ offset: number; values: Float32Array }> {
      yield await Promise.resolve({ offset: 0, values: spread(random, inputs * outputs) });
    }
  });

  it('ends between two parts when it is not wanted any more', async () => {
    const device = deviceCases[0]?.create();
    assert.ok(device !== undefined);
    const calls: number[] = [];
    const big = {
      inputs: 1 << 12,
      outputs: 1 << 12,
      layout: 'in-out',
      device: 'reference',
    } as const;
    const counting = Object.assign(Object.create(device) as typeof device, {
      linear: (part: LinearOp) => calls.push(part.rows),
      allocate: (length: number) => ({ length }),
      free: () => undefined,
      copyRows: () => undefined,
    });
    const x = { length: 0 };
    const op = { x, weight: big, out: x, rows: 1024 };
    const pause = (): Promise<void> => Promise.reject(new Error('cancelled'));
    await assert.rejects(linearInParts({ device: counting, pause }, op), /cancelled/);
    assert.deepEqual(calls, [32]);
    device.dispose();
  });
});
