// Several threads: the same numbers to the last bit, however many and however fast they are, and nothing left behind.
import assert from 'node:assert/strict';
import { createWasmDevice, type WasmDevice } from '../../src/engine/devices/wasm/wasmDevice';
import {
  createWasmTrainingDevice,
  type WasmTrainingDevice,
} from '../../src/engine/devices/wasm/wasmTrainingDevice';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import type { HelperThreads } from '../../src/engine/host';
import { nodeThreads } from '../../src/worker/nodeThreads';
import { once, put } from '../support/deviceData';
import {
  gradientInputs,
  largeGradientCases,
  runGradient,
  smallGradientCases,
} from '../support/gradientCases';
import { sharedKernels, WatchedHelpers } from '../support/helpers';
import { loadModel, smallConfig, traceModel } from '../support/models';
import { parityFamilies } from '../support/parityFamilies';
import { seeded, spread } from '../support/random';
import { runSteps, startTrainer } from '../support/trainingRuns';
import { relaxedKernels, runnableBuilds, wasmKernels } from '../support/wasmKernels';

/** The same build without shared memory. */
const aloneKernels = runnableBuilds.length > 1 ? relaxedKernels : wasmKernels;

for (const threads of [2, 3]) {
  describe(`The wasm device on ${threads} threads`, () => {
    let helpers: WatchedHelpers;
    let together: WasmTrainingDevice;
    let alone: TrainingDevice;
    before(async function () {
      this.timeout(20_000);
      helpers = new WatchedHelpers(threads - 1);
      together = createWasmTrainingDevice(sharedKernels, helpers);
      alone = createWasmTrainingDevice(aloneKernels);
      await untilHelped(together);
    });
    after(async () => {
      const { helpedParts } = together;
      together.dispose();
      alone.dispose();
      assert.deepEqual(
        await helpers.ended,
        Array.from({ length: threads - 1 }, () => 0),
      );
      assert.ok(helpedParts > 100, `other threads computed no more than ${helpedParts} parts`);
    });

    for (const [family, cases] of Object.entries(parityFamilies())) {
      it(`computes what one thread computes, to the last bit: ${family}`, async function () {
        this.timeout(60_000); // hundreds of runs, each in parts
        for (const { name, run } of cases) {
          assert.deepEqual(await run(together), await run(alone), name);
        }
      });
    }

    it('computes gradients as one thread does, to the last bit', async function () {
      this.timeout(60_000);
      for (const test of [...smallGradientCases, ...largeGradientCases]) {
        const inputs = gradientInputs(test);
        const [actual, expected] = [
          await runGradient(together, test, inputs),
          await runGradient(alone, test, inputs),
        ];
        assert.deepEqual(actual, expected, test.name);
      }
    });

    it('trains as one thread does, to the last bit', async () => {
      const reports = [];
      for (const device of [together, alone]) {
        reports.push(await runSteps(await startTrainer(device), 5));
      }
      const [actual, expected] = reports.map((list) => list.map(({ nats }) => nats));
      assert.deepEqual(actual, expected);
    });

    it('runs a model as one thread does, to the last bit', async () => {
      const ids = [3, 1, 4, 1, 5];
      const traces = [];
      for (const device of [together, alone]) {
        const model = await loadModel(device, smallConfig);
        traces.push(await traceModel(model, ids));
      }
      const [actual, expected] = traces;
      assert.deepEqual(actual?.names, expected?.names);
      for (const name of expected?.names ?? []) {
        assert.deepEqual(actual?.values(name), expected?.values(name), name);
      }
    });

    it('reaches memory that came after the threads had started', async () => {
      const length = 3_000_000;
      const values = spread(seeded(4), length);
      const outs = [together, alone].map((device) => {
        const x = put(device, values);
        const shape = { heads: 3, keyHeads: 3, headSize: 1, queries: 1_000, keys: 1_000 };
        device.attentionPattern({ scores: x, out: x, shape, past: 0 });
        return device.read(x).finally(() => device.free(x));
      });
      const [actual, expected] = await Promise.all(outs);
      assert.deepEqual(actual, expected);
    });
  });
}

describe('Threads of the wasm device', () => {
  it('wait asleep', async function () {
    this.timeout(20_000);
    const helpers = new WatchedHelpers(1);
    const device = createWasmDevice(sharedKernels, helpers);
    await untilHelped(device);
    await pause(50);
    const start = process.cpuUsage();
    await pause(400);
    const { user, system } = process.cpuUsage(start);
    // One that does not sleep would use all of the 400 ms it gets.
    assert.ok(user + system < 100_000, `${(user + system) / 1000} ms of processor time`);
    device.dispose();
    await helpers.ended;
  });

  it('are not started for work as small as a step of the built-in model', async () => {
    let started = 0;
    const counting: HelperThreads = { count: 2, start: () => (started += 1) };
    const device = createWasmDevice(sharedKernels, counting);
    const shape = { inputs: 128, outputs: 4096, layout: 'in-out' } as const;
    const weight = await device.matrix(shape, once(new Float32Array(128 * 4096)));
    const [x, out] = [device.allocate(128 * 64), device.allocate(64 * 4096)];
    device.linear({ x, weight, out, rows: 1 });
    await sum(device);
    assert.equal(started, 0);
    device.linear({ x, weight, out, rows: 64 });
    device.linear({ x, weight, out, rows: 64 });
    assert.equal(started, 2);
    device.dispose();
  });

  it('are not missed when they do not start', async () => {
    const missing: HelperThreads = { count: 2, leastNs: 0, start: () => undefined };
    const devices = [createWasmDevice(sharedKernels, missing), createWasmDevice(aloneKernels)];
    const [actual, expected] = await Promise.all(devices.map(sum));
    assert.deepEqual(actual, expected);
    for (const device of devices) device.dispose();
  });

  it('end the operation with an error when one fails', async function () {
    this.timeout(20_000);
    const helpers = new WatchedHelpers(1);
    const failing: HelperThreads = {
      count: 1,
      leastNs: 0,
      // Room beyond the memory: packing an operand there is an error.
      start: (start) => helpers.start({ ...start, scratch: 2 ** 32 - 65_536 }),
    };
    const device = createWasmDevice(sharedKernels, failing);
    await assert.rejects(
      untilHelped(device, (on) => scores(on, 64)),
      /failed on a thread/,
    );
    device.dispose();
    await helpers.ended;
  });

  it('are one per core and at most eight, or as many as are wanted', () => {
    assert.equal(nodeThreads('thread.js', 1), undefined);
    assert.equal(nodeThreads('thread.js', 5)?.count, 4);
    const all = (nodeThreads('thread.js', 0)?.count ?? 0) + 1;
    assert.ok(all >= 1 && all <= 8, `${all} threads`);
  });
});

/** Shares small operations until another thread has taken a part. */
async function untilHelped(device: WasmDevice, work = (on: WasmDevice) => sum(on)): Promise<void> {
  const giveUp = performance.now() + 15_000;
  while (device.helpedParts === 0) {
    assert.ok(performance.now() < giveUp, 'no thread came to help');
    await work(device);
    await pause(1);
  }
}

async function sum(device: WasmDevice): Promise<ArrayLike<number>> {
  const length = 20_000;
  const [a, out] = [put(device, spread(seeded(1), length)), device.allocate(length)];
  device.add({ a, b: a, out, length });
  const values = await device.read(out);
  for (const array of [a, out]) device.free(array);
  return values;
}

async function scores(device: WasmDevice, size: number): Promise<ArrayLike<number>> {
  const shape = { heads: 8, keyHeads: 8, headSize: 8, queries: size, keys: size };
  const x = put(device, spread(seeded(2), size * 64));
  const out = device.allocate(8 * size * size);
  const view = { array: x, offset: 0, stride: 64 };
  device.attentionScores({ queries: view, keys: view, out, shape, scale: 1 });
  const values = await device.read(out);
  for (const array of [x, out]) device.free(array);
  return values;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
