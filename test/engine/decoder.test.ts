// What the decoder promises about its answers.
import assert from 'node:assert/strict';
import type { Decoder } from '../../src/engine/model/decoder';
import { MemoryRecorder } from '../../src/engine/tracing/memoryRecorder';
import { activationCatalogue } from '../../src/protocol/activations';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { assertClose } from '../support/closeness';
import { deviceCases } from '../support/devices';
import { rejectsWith } from '../support/failing';
import { breathe, loadModel, rowsOf, smallConfig, traceModel } from '../support/models';
import { seeded, spread, wholes } from '../support/random';

const ids = wholes(seeded(11), 9, smallConfig.vocabulary);

for (const { name: deviceName, create, rounding } of deviceCases) {
  describe(`Decoder on ${deviceName}`, () => {
    const device = create();
    const allowed = (what: string): { tolerance: number; what: string } => {
      return { tolerance: rounding, what };
    };
    let decoder: Decoder;
    before(async () => {
      decoder = await loadModel(device, smallConfig);
    });
    after(() => {
      device.dispose();
    });

    it('records every activation of the catalogue in its shape, and no other', async () => {
      const trace = await traceModel(decoder, ids);
      const expected = catalogueNames(smallConfig.layers);
      assert.deepEqual([...trace.names].sort(), [...expected.keys()].sort());
      const { heads, headSize, width, hidden, vocabulary } = smallConfig;
      const sizes: Record<string, number> = {
        ...{ T: ids.length, Q: ids.length, K: ids.length },
        ...{ C: width, H: heads, D: headSize, F: hidden, V: vocabulary },
      };
      for (const [name, axes] of expected) {
        assert.deepEqual(
          trace.shape(name),
          axes.map((axis) => sizes[axis]),
          name,
        );
        const count = trace.shape(name).reduce((product, size) => product * size, 1);
        assert.equal(trace.values(name).length, count, name);
      }
    });

    it('gives the last row, all rows or none of the logits', async () => {
      const pass = { ids, breathe };
      const all = await decoder.forward({ ...pass, logits: 'all' });
      const last = await decoder.forward({ ...pass, logits: 'last' });
      const none = await decoder.forward({ ...pass, logits: 'none' });
      const { vocabulary } = smallConfig;
      assert.equal(all.length, ids.length * vocabulary);
      assertClose(last, rowsOf(all, vocabulary, [ids.length - 1, ids.length]), allowed('last'));
      assert.equal(none.length, 0);
    });

    it('records all logits for who wants them, whatever is returned', async () => {
      const all = await decoder.forward({ ids, logits: 'all', breathe });
      for (const logits of ['last', 'none'] as const) {
        const recorder = new MemoryRecorder(device, { keep: ['logits'], limitBytes: 1e6 });
        const returned = await decoder.forward({ ids, recorder, logits, breathe });
        assertClose(
          recorder.get('logits')?.values ?? [],
          all,
          allowed(`recorded beside ${logits}`),
        );
        assert.equal(returned.length, logits === 'last' ? smallConfig.vocabulary : 0);
      }
    });

    it('makes the same numbers whether or not they are recorded', async () => {
      const silent = await decoder.forward({ ids, logits: 'all', breathe });
      const { logits } = await traceModel(decoder, ids);
      assert.deepEqual([...silent], Array.from(logits));
    });

    it('reads the last hidden state as the logits', async () => {
      const trace = await traceModel(decoder, ids);
      const hidden = Float32Array.from(Array.from(trace.values('blocks.1.resid_post')));
      // What is read was rounded to float32 on the way: half a unit is 6e-8, and the norm enlarges it a little.
      const read = await decoder.unembed(hidden, ids.length);
      assertClose(read, trace.logits, { tolerance: Math.max(rounding, 1e-6), what: 'unembed' });
      await assert.rejects(decoder.unembed(hidden, 1), RangeError);
    });

    it('projects vectors onto either table without the norm', async () => {
      const own = await loadModel(device, { ...smallConfig, tied: false });
      const { width, vocabulary } = smallConfig;
      const vectors = spread(seeded(12), 2 * width);
      for (const onto of ['embedding', 'unembedding'] as const) {
        const expected: number[] = [];
        for (let i = 0; i < 2 * vocabulary; i++) {
          const id = i % vocabulary;
          const row = await (onto === 'embedding' ? own.embeddingRow(id) : own.unembeddingRow(id));
          const vector = vectors.subarray(i < vocabulary ? 0 : width);
          expected.push([...row].reduce((sum, value, c) => sum + value * (vector[c] ?? NaN), 0));
        }
        assertClose(await own.project(vectors, onto), expected, allowed(onto));
      }
      own.dispose();
    });

    it('gives single rows of its tables', async () => {
      const trace = await traceModel(decoder, ids);
      const { width } = smallConfig;
      for (const [t, id] of ids.entries()) {
        const token = await decoder.embeddingRow(id);
        const position = await decoder.positionRow(t);
        assert.deepEqual([...token], rowsOf(trace.values('embed'), width, [t, t + 1]));
        assert.deepEqual(
          [...(position ?? [])],
          rowsOf(trace.values('pos_embed'), width, [t, t + 1]),
        );
      }
    });

    it('follows an edited mask', async () => {
      const length = ids.length;
      const mask = new Uint8Array(length * length).fill(1);
      mask.fill(0, 3 * length, 4 * length);
      mask[5 * length + 2] = 0;
      const trace = await traceModel(decoder, ids, { mask });
      const pattern = trace.values('blocks.0.attn.pattern');
      for (let row = 0; row < smallConfig.heads * length; row++) {
        const q = row % length;
        const weights = rowsOf(pattern, length, [row, row + 1]);
        const sum = weights.reduce((total, weight) => total + weight, 0);
        if (q === 3) assert.deepEqual(weights, new Array(length).fill(0));
        else assert.ok(Math.abs(sum - 1) < 1e-6, `row ${row} sums to ${sum}`);
        if (q === 5) assert.equal(weights[2], 0);
        if (q === 0) assert.ok(weights.every((weight) => weight > 0));
      }
      assert.ok(rowsOf(trace.values('blocks.0.attn.z'), 16, [3, 4]).every((z) => z === 0));
    });

    it('sees the causal mask in a mask that says the same', async () => {
      const length = ids.length;
      const mask = Uint8Array.from({ length: length * length }, (_, i) =>
        i % length <= Math.floor(i / length) ? 1 : 0,
      );
      const causal = await traceModel(decoder, ids);
      const masked = await traceModel(decoder, ids, { mask });
      assertClose(masked.logits, causal.logits, allowed('logits'));
    });

    it('attends over long texts in tiles to the same result', async () => {
      // 16 heads by 300 by 300 is more than a tile; recording the pattern makes it go whole.
      const config = { ...smallConfig, heads: 16, keyValueHeads: 4, context: 300, layers: 1 };
      const long = wholes(seeded(5), config.context, config.vocabulary);
      const wide = await loadModel(device, config);
      const random = seeded(6);
      const mask = Uint8Array.from({ length: 300 * 300 }, () => (random() < 0.5 ? 1 : 0));
      for (const options of [{}, { mask }]) {
        const tiled = await wide.forward({ ids: long, ...options, logits: 'all', breathe });
        const whole = await traceModel(wide, long, options);
        assertClose(tiled, whole.logits, allowed('logits'));
      }
      const cache = wide.newCache();
      const pass = { cache, breathe };
      await wide.forward({ ...pass, ids: long.subarray(0, 40), logits: 'none' });
      const rest = await wide.forward({ ...pass, ids: long.subarray(40), logits: 'last' });
      const whole = await wide.forward({ ids: long, logits: 'last', breathe });
      assertClose(rest, whole, allowed('logits behind a cache'));
      cache.dispose();
      wide.dispose();
    });

    it('refuses what it cannot run', async () => {
      const run = (bad: number[]): Promise<unknown> =>
        decoder.forward({ ids: Int32Array.from(bad), logits: 'none', breathe });
      await rejectsWith('text-empty', run([]));
      await rejectsWith('id-out-of-range', run([0, smallConfig.vocabulary]));
      await rejectsWith('id-out-of-range', run([-1]));
      await assert.rejects(run(new Array<number>(smallConfig.context + 1).fill(0)), RangeError);
      const mask = new Uint8Array(3);
      await assert.rejects(
        decoder.forward({ ids, mask, logits: 'none', breathe }),
        /The mask is not \[9, 9\]/,
      );
      assert.throws(() => decoder.embeddingRow(smallConfig.vocabulary), /id-out-of-range/);
      assert.throws(() => decoder.embeddingRow(0.5), /id-out-of-range/);
      assert.throws(() => decoder.unembeddingRow(-1), /id-out-of-range/);
      assert.throws(() => decoder.positionRow(smallConfig.context), RangeError);
    });
  });
}

function catalogueNames(layers: ModelConfig['layers']): Map<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const [pattern, { axes }] of Object.entries(activationCatalogue)) {
    if (!pattern.includes('*')) names.set(pattern, axes);
    else for (let i = 0; i < layers; i++) names.set(pattern.replace('*', String(i)), axes);
  }
  return names;
}
