// A decoder takes what it needs and gives all of it back, however its work ends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createWasmDevice } from '../../src/engine/devices/wasm/wasmDevice';
import { Decoder } from '../../src/engine/model/decoder';
import { modelSize } from '../../src/engine/model/parameters';
import { MemoryRecorder } from '../../src/engine/tracing/memoryRecorder';
import { failureOf } from '../../src/protocol/failures';
import { CountingDevice } from '../support/countingDevice';
import { abortAfter, rejectsWith } from '../support/failing';
import { breathe, loadModel, randomWeights, smallConfig, traceModel } from '../support/models';
import { seeded, wholes } from '../support/random';
import { weightsOf } from '../support/safetensors';

const ids = wholes(seeded(11), 9, smallConfig.vocabulary);

describe('Loading a decoder', () => {
  const load = (weights: ReturnType<typeof randomWeights>): Promise<Decoder> =>
    loadModel(new CountingDevice(), smallConfig, weights);

  it('names a missing weight', async () => {
    const weights = randomWeights(smallConfig);
    weights.delete('h.1.mlp.c_fc.bias');
    const details = await rejectsWith('tensor-missing', load(weights));
    assert.deepEqual(details, { tensor: 'h.1.mlp.c_fc.bias' });
  });

  it('names a weight of another shape, with both shapes', async () => {
    const weights = randomWeights(smallConfig);
    const values = new Float32Array(12 * 49);
    weights.set('h.0.attn.c_attn.weight', { shape: [12, 49], values });
    const details = await rejectsWith('tensor-shape', load(weights));
    assert.deepEqual(details, {
      tensor: 'h.0.attn.c_attn.weight',
      expected: '[12, 48]',
      actual: '[12, 49]',
    });
  });

  it('does not take fewer values than the shape says for zeros', async () => {
    const weights = randomWeights(smallConfig);
    weights.set('wpe.weight', { shape: [16, 12], values: new Float32Array(16 * 12 - 1) });
    await rejectsWith('tensor-shape', load(weights));
  });

  it('reports progress up to its end', async () => {
    const config = { ...smallConfig, vocabulary: 200_000 };
    const seen: { done: number; total: number }[] = [];
    const weights = weightsOf(randomWeights(config), 1 << 18);
    const onProgress = (progress: { done: number; total: number }): void => {
      seen.push(progress);
    };
    const device = new CountingDevice();
    await Decoder.load({ device, config, weights, breathe, onProgress });
    const total = modelSize(config).weightBytes;
    assert.ok(seen.length >= 3, `${seen.length} reports`);
    assert.deepEqual(seen.at(-1), { done: total, total });
    assert.ok(seen.every(({ done }, i) => done > (seen[i - 1]?.done ?? 0)));
  });

  it('leaves nothing on the device when memory ends, wherever it ends', async () => {
    let room = 0;
    for (; ; room++) {
      const device = new CountingDevice();
      device.room = room;
      const outcome = await loadModel(device, smallConfig).catch(failureOf);
      if (outcome instanceof Decoder) break;
      assert.equal(outcome.code, 'out-of-memory');
      assert.equal(device.live, 0, `with room for ${room}`);
    }
    assert.equal(room, randomWeights(smallConfig).size);
  });

  it('leaves nothing on the device when cancelled, whenever that is', async () => {
    const config = { ...smallConfig, vocabulary: 200_000 };
    const weights = weightsOf(randomWeights(config), 1 << 18);
    for (let breaths = 0; breaths < 2; breaths++) {
      const device = new CountingDevice();
      const { signal, tick } = abortAfter(breaths);
      const loading = Decoder.load({ device, config, weights, signal, breathe: tick });
      await rejectsWith('cancelled', loading);
      assert.equal(device.live, 0);
    }
  });
});

describe('Memory of a decoder', () => {
  it('is that of its weights after a pass, and nothing after disposal', async () => {
    const device = new CountingDevice();
    const decoder = await loadModel(device, smallConfig);
    const weights = device.live;
    assert.equal(weights, randomWeights(smallConfig).size);
    await traceModel(decoder, ids);
    assert.equal(device.live, weights);
    const cache = decoder.newCache();
    assert.equal(device.live, weights + 2 * smallConfig.layers);
    cache.dispose();
    cache.dispose();
    assert.equal(device.live, weights);
    decoder.dispose();
    assert.equal(device.live, 0);
  });

  it('is taken for the share of each head only when that is wanted', async () => {
    const device = new CountingDevice();
    const decoder = await loadModel(device, smallConfig);
    const arraysFor = async (keep: readonly string[]): Promise<number> => {
      const recorder = new MemoryRecorder(device, { keep, limitBytes: 1e6 });
      device.room = 1000;
      await decoder.forward({ ids, recorder, logits: 'none', breathe });
      return 1000 - device.room;
    };
    const without = await arraysFor(['blocks.*.attn.z']);
    assert.equal(await arraysFor(['blocks.*.attn.result']), without + smallConfig.layers);
  });

  it('is given back by a pass that is cancelled after any block', async () => {
    const device = new CountingDevice();
    const decoder = await loadModel(device, smallConfig);
    const weights = device.live;
    for (let blocks = 0; blocks <= smallConfig.layers; blocks++) {
      const { signal, tick } = abortAfter(blocks);
      await rejectsWith(
        'cancelled',
        decoder.forward({ ids, logits: 'all', signal, breathe: tick }),
      );
      assert.equal(device.live, weights);
    }
  });

  it('is given back by a pass that runs out of it, wherever it does', async () => {
    const device = new CountingDevice();
    const decoder = await loadModel(device, smallConfig);
    const weights = device.live;
    let room = 0;
    for (; ; room++) {
      device.room = room;
      const outcome = await traceModel(decoder, ids).catch(failureOf);
      if ('logits' in outcome) break;
      assert.equal(outcome.code, 'out-of-memory');
      assert.equal(device.live, weights, `with room for ${room}`);
      assert.throws(() => {
        device.room = 1;
        decoder.newCache();
      }, /out-of-memory/);
      assert.equal(device.live, weights);
    }
    assert.ok(room > 5, `a pass needs more than ${room} arrays`);
  });
});

describe('A pass of long operations', () => {
  it('lets messages in between them, and ends at the first that cancels it', async () => {
    // 256 · 128 · 4,096 multiplications in one product of the feed-forward network.
    const config = { ...smallConfig, layers: 1, width: 128, hidden: 4096, context: 256 };
    const device = createWasmDevice(readFileSync('dist/kernels.wasm'));
    const decoder = await loadModel(device, config);
    const long = wholes(seeded(4), config.context, config.vocabulary);
    let breaths = 0;
    const count = (): Promise<void> => {
      breaths++;
      return Promise.resolve();
    };
    await decoder.forward({ ids: long, logits: 'last', breathe: count });
    assert.ok(breaths >= 6, `${breaths} breaths in one block`);
    for (let breath = 1; breath < breaths; breath++) {
      const { signal, tick } = abortAfter(breath);
      const pass = decoder.forward({ ids: long, logits: 'last', signal, breathe: tick });
      await rejectsWith('cancelled', pass);
    }
    device.dispose();
  });
});
