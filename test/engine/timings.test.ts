// Where the time of a run went, and what its operations take by their shapes.
import assert from 'node:assert/strict';
import * as costs from '../../src/engine/devices/operationCosts';
import { Runs } from '../../src/engine/tracing/runs';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { TimedOperation, Timings } from '../../src/protocol/timings';
import { deviceCases } from '../support/devices';
import { breathe, loadModel, smallConfig } from '../support/models';
import { pace } from '../support/traced';

const ids = Int32Array.of(3, 17, 3, 8, 22);

/** A clock that goes on by 1 ms whenever it is read: every operation takes exactly one. */
async function timingsOf(create: () => Parameters<typeof loadModel>[0], config: ModelConfig) {
  const device = create();
  const decoder = await loadModel(device, config);
  let time = 0;
  const runs = new Runs({
    decoder,
    host: { now: () => ++time },
    limitBytes: 1e9,
    nextId: () => 1,
  });
  const info = await runs.start({ ids }, pace());
  const { timings } = runs.get(info.run);
  device.dispose();
  return { info, timings };
}

function count({ operations }: Timings, wanted: Partial<TimedOperation>): number {
  return operations.filter((each) =>
    Object.entries(wanted).every(([key, value]) => each[key as keyof TimedOperation] === value),
  ).length;
}

describe('the timings of a run', () => {
  for (const { name, create } of deviceCases) {
    it(`on ${name} hold every operation once, in order, under its step and block`, async () => {
      const { info, timings } = await timingsOf(create, smallConfig);
      assert.equal(timings.ms, info.ms);
      assert.equal(timings.measures, 'work');
      let end = 0;
      for (const { startMs, ms, operation } of timings.operations) {
        assert.ok(startMs > end, `${operation} overlaps what was before it`);
        assert.equal(ms, 1);
        end = startMs + ms;
      }
      assert.ok(end < timings.ms);
      for (const block of [0, 1]) {
        // q·k·v in one product and the output projection; up and down.
        assert.equal(count(timings, { operation: 'linear', step: 'attend', block }), 2);
        assert.equal(count(timings, { operation: 'linear', step: 'feedforward', block }), 2);
        assert.equal(count(timings, { operation: 'attentionPattern', block }), 1);
        assert.equal(count(timings, { operation: 'activation', step: 'feedforward', block }), 1);
        // Norm and sum of each of the two layers.
        assert.equal(count(timings, { operation: 'norm', block }), 2);
        assert.equal(count(timings, { operation: 'add', block }), 2);
      }
      assert.equal(count(timings, { operation: 'gather', step: 'embed', block: undefined }), 2);
      assert.equal(count(timings, { operation: 'linear', step: 'predict' }), 1);
    });
  }

  it('count the multiplications of a whole pass', async () => {
    const { timings } = await timingsOf(deviceCases[0]?.create ?? fails, smallConfig);
    const flops = timings.operations
      .filter(({ operation }) => operation === 'linear')
      .reduce((sum, operation) => sum + operation.flops, 0);
    const { width, hidden, vocabulary, layers } = smallConfig;
    const fused = 3 * 16;
    // W_QKV [12, 48], W_O [16, 12], up [12, 20], down [20, 12]; sums begin with the bias.
    const multiplied = width * fused + 16 * width + 2 * width * hidden;
    // The last token predicts nothing that a surprisal could be read from.
    const perBlock = 5 * 2 * multiplied;
    assert.equal(flops, layers * perBlock + 4 * 2 * width * vocabulary);
  });

  it('are made of runs alone: a pass without a run reads no clock', async () => {
    const device = (deviceCases[0]?.create ?? fails)();
    const decoder = await loadModel(device, smallConfig);
    const reads: number[] = [];
    const watch = { now: () => reads.push(0), note: () => undefined, enter: () => undefined };
    const timed = decoder.timed(watch);
    await decoder.forward({ ids, logits: 'last', breathe });
    assert.deepEqual(reads, []);
    const [plain, watched] = [
      await decoder.forward({ ids, logits: 'last', breathe }),
      await timed.forward({ ids, logits: 'last', breathe }),
    ];
    assert.ok(reads.length > 0);
    assert.deepEqual(watched, plain);
    device.dispose();
  });
});

describe('the cost of an operation', () => {
  const array = (length: number) => ({ length });
  const matrix = { inputs: 3, outputs: 5, layout: 'in-out', device: 'reference' } as const;
  const shape = { heads: 2, keyHeads: 1, headSize: 4, queries: 3, keys: 5 };

  it('of a product is two for each weight and row, and every number moved once', () => {
    const op = { x: array(6), weight: matrix, out: array(10), rows: 2 };
    assert.deepEqual(costs.linearCost(op), { flops: 60, bytes: 4 * (6 + 15 + 10) });
    const biased = { ...op, bias: array(5) };
    assert.deepEqual(costs.linearCost(biased), { flops: 60, bytes: 4 * (6 + 15 + 5 + 10) });
  });

  it('of softmax counts what is seen', () => {
    const op = { scores: array(30), out: array(30), shape, past: 2 };
    // Queries 0, 1, 2 see 3, 4 and 5 keys.
    assert.deepEqual(costs.patternCost(op), { flops: 5 * 2 * 12, bytes: 4 * (24 + 30) });
    const mask = Uint8Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1);
    assert.equal(costs.patternCost({ ...op, mask }).flops, 5 * 2 * 4);
  });

  it('of scores and mix are the same products', () => {
    const view = { array: array(99), offset: 0, stride: 8 };
    const scores = { queries: view, keys: view, out: array(30), shape, scale: 0.5 };
    assert.deepEqual(costs.scoresCost(scores), {
      flops: 2 * 4 * 30 + 30,
      bytes: 4 * (24 + 20 + 30),
    });
    const mix = { pattern: array(30), values: view, out: array(24), shape };
    assert.deepEqual(costs.mixCost(mix), { flops: 240, bytes: 4 * (24 + 20 + 30) });
  });
});

function fails(): never {
  throw new Error('there is no device to test');
}
