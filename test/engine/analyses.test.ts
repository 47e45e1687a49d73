// What can be asked about a run: against the definitions, computed here from the activations themselves.
import assert from 'node:assert/strict';
import { PrefixCache } from '../../src/engine/sampling/prefixCache';
import { EmbeddingTable } from '../../src/engine/tracing/embeddingTable';
import { expectation } from '../../src/engine/tracing/expectation';
import { HeadSums, headStatistics } from '../../src/engine/tracing/headStatistics';
import { lens } from '../../src/engine/tracing/lens';
import { neurons } from '../../src/engine/tracing/neurons';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { breathe, randomWeights, smallConfig } from '../support/models';
import { seeded, wholes } from '../support/random';
import {
  ask,
  distributionOf,
  openTraced,
  order,
  pace,
  reference,
  rounded,
  statistics,
} from '../support/traced';
import type { TracedModel } from '../support/traced';
import { tensorOf } from '../support/variants';

const ids = wholes(seeded(3), 9, smallConfig.vocabulary);

describe('head statistics', () => {
  it('are what the definitions say of a pattern written by hand', () => {
    const config = { heads: 1 };
    // Tokens a b a: the third has an earlier occurrence at 0, whose successor is key 1.
    const sums = new HeadSums(config, Int32Array.of(5, 6, 5));
    sums.add(0, Float32Array.of(1, 0, 0, 0.25, 0.75, 0, 0.5, 0.25, 0.25), 0);
    const { previous, first, itself, same, induction, entropyBits } = sums.statistics;
    const third = 0.25 * 2 + 0.75 * Math.log2(1 / 0.75);
    assert.deepEqual([previous[0], first[0], itself[0]], [0.25, 0.375, 0.5]);
    // The third alone repeats a token: half its weight is on the earlier one, a quarter on what followed.
    assert.deepEqual([same[0], induction[0]], [0.5, 0.25]);
    assertClose(entropyBits, [(third + 1.5) / 2], { tolerance: 1e-7, what: 'entropy' });
  });

  it('of one block are its part of those of all, whether its pattern is held or not', async () => {
    for (const limitBytes of [undefined, 4000]) {
      const model = await openTraced(reference(), smallConfig, limitBytes);
      const info = await model.runs.start({ ids }, pace());
      const again = await model.runs.start({ ids }, pace());
      const all = await headStatistics(model, { run: model.runs.get(info.run) }, pace());
      const { layers, heads } = smallConfig;
      const run = model.runs.get(again.run);
      for (let block = 0; block < layers; block++) {
        const one = await headStatistics(model, { run, block }, pace());
        for (const [name, values] of Object.entries(all) as [keyof typeof all, Float32Array][])
          assert.deepEqual(one[name], values.slice(block * heads, (block + 1) * heads), name);
      }
      // What was summed up block by block is what is told of all.
      assert.deepEqual(await headStatistics(model, { run }, pace()), all);
      await rejectsWith('setting-invalid', headStatistics(model, { run, block: layers }, pace()));
      model.dispose();
    }
  });

  it('of one token, and induction without a repetition, are undefined', async () => {
    const model = await openTraced(reference(), smallConfig);
    const one = await model.runs.start({ ids: Int32Array.of(1) }, pace());
    for (const values of Object.values(
      await headStatistics(model, { run: model.runs.get(one.run) }, pace()),
    )) {
      assert.ok(Array.from(values as Float32Array).every(Number.isNaN));
    }
    const two = await model.runs.start({ ids: Int32Array.of(1, 2) }, pace());
    const { previous, induction } = await headStatistics(
      model,
      { run: model.runs.get(two.run) },
      pace(),
    );
    assert.ok(!Array.from(previous).some(Number.isNaN));
    assert.ok(Array.from(induction).every(Number.isNaN));
    model.dispose();
  });
});

describe('the logit lens', () => {
  it('ends in the prediction itself and ranks it in every earlier state', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { run } = await model.runs.start({ ids }, pace());
    const record = model.runs.get(run);
    const watch = 7;
    const seen = await lens(model, { run: record, top: 3, watch }, pace());
    assert.deepEqual(seen.shape, [3, 9, 3]);
    const names = ['blocks.0.resid_pre', 'blocks.0.resid_post', 'blocks.1.resid_post'];
    const states = await Promise.all(
      names.map(async (name) => {
        const { values } = await ask(model, { run }, { name, index: [] });
        return model.decoder.unembed(values, 9);
      }),
    );
    for (let position = 0; position < 9; position++) {
      const rows = states.map((all) => Array.from(all.slice(position * 23, position * 23 + 23)));
      const final = order(rows[2] ?? [])[0] ?? -1;
      const own = statistics(rows[2] ?? []).probabilities;
      for (const [state, row] of rows.entries()) {
        const cell = state * 9 + position;
        const ranked = order(row);
        assert.deepEqual([...seen.ids.slice(cell * 3, cell * 3 + 3)], ranked.slice(0, 3));
        assert.equal(seen.finalRank[cell], ranked.indexOf(final) + 1);
        const { probabilities, entropyBits } = statistics(row);
        const expected = ranked.slice(0, 3).map((id) => probabilities[id] ?? NaN);
        assertClose(seen.probabilities.slice(cell * 3, cell * 3 + 3), expected, rounded);
        assertClose([seen.entropyBits[cell] ?? NaN], [entropyBits], rounded);
        assert.equal(seen.watchedRank[cell], ranked.indexOf(watch) + 1);
        assertClose([seen.watchedProbability[cell] ?? NaN], [probabilities[watch] ?? NaN], rounded);
        const bits = own.reduce(
          (sum, p, id) => sum + p * Math.log2(p / (probabilities[id] ?? NaN)),
          0,
        );
        // The same sum in another order, told as float32.
        assert.ok(Math.abs((seen.divergenceBits[cell] ?? NaN) - bits) < 1e-5, `${cell}: ${bits}`);
      }
    }
    model.dispose();
  });
});

describe('a neuron', () => {
  it('promotes what its output row raises through the final norm', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { run } = await model.runs.start({ ids }, pace());
    const at = { run: model.runs.get(run), block: 1, position: 5, neurons: 4, top: 3 };
    const found = await neurons(model, at, pace());
    const post = await ask(model, { run }, { name: 'blocks.1.mlp.post', index: [5] });
    assert.deepEqual([...found.indices], order(post.values.map(Math.abs)).slice(0, 4));
    for (const [row, neuron] of found.indices.entries()) {
      const ranked = order(await effectOf(model, neuron));
      assert.deepEqual([...found.promoted.slice(row * 3, row * 3 + 3)], ranked.slice(0, 3));
      assert.deepEqual(
        [...found.suppressed.slice(row * 3, row * 3 + 3)],
        ranked.slice(-3).reverse(),
      );
    }
    model.dispose();
  });
});

describe('the embedding table', () => {
  it('finds the nearest tokens by cosine over the whole vocabulary', async () => {
    const model = await openTraced(reference(), smallConfig);
    const table = new EmbeddingTable(model.decoder);
    const all = await table.rows(
      Int32Array.from({ length: 23 }, (_, id) => id),
      pace(),
    );
    const rows = Array.from({ length: 23 }, (_, id) => [
      ...all.values.slice(id * 12, id * 12 + 12),
    ]);
    for (const id of [0, 11, 22]) {
      const facts = await table.facts({ id, neighbours: 30 }, pace());
      const cosines = rows.map((row) => cosine(row, rows[id] ?? []));
      const expected = order(cosines).filter((other) => other !== id);
      assert.deepEqual(
        facts.nearest.map((neighbour) => neighbour.id),
        expected,
      );
      const found = facts.nearest.map((neighbour) => neighbour.cosine);
      assertClose(
        found,
        expected.map((other) => cosines[other] ?? NaN),
        rounded,
      );
      assertClose([facts.norm], [Math.hypot(...(rows[id] ?? []))], rounded);
      assert.deepEqual([...facts.embedding], rows[id]);
    }
    model.dispose();
  });
});

describe('an expectation', () => {
  it('is what a run says of the same token, and the text before may slide out of the window', async () => {
    const model = await openTraced(reference(), smallConfig);
    const cache = new PrefixCache(model.decoder);
    const long = wholes(seeded(8), 30, smallConfig.vocabulary);
    for (const index of [1, 2, 9, 3, 15, 16, 29]) {
      const { config } = model.decoder;
      const told = await expectation({ config, cache }, { ids: long, index, top: 5 }, pace());
      const window = long.slice(Math.max(0, index - 16), index);
      const logits = await model.decoder.forward({ ids: window, logits: 'last', breathe });
      const { probabilities } = distributionOf(logits);
      const probability = probabilities[long[index] ?? 0] ?? NaN;
      assert.equal(told.contextLength, window.length);
      assert.equal(told.rank, order(logits).indexOf(long[index] ?? -1) + 1);
      assert.deepEqual(
        told.top.map(({ id }) => id),
        order(logits).slice(0, 5),
      );
      assertClose(
        [told.probability, told.surprisalBits],
        [probability, -Math.log2(probability)],
        rounded,
      );
    }
    const { config } = model.decoder;
    for (const index of [0, 30, 1.5]) {
      const answer = expectation({ config, cache }, { ids: long, index, top: 5 }, pace());
      await rejectsWith('setting-invalid', answer);
    }
    cache.dispose();
    model.dispose();
  });
});

/** How the logits change per unit of the neuron's activation through the final norm, up to the norm's scale. */
async function effectOf(model: TracedModel, neuron: number): Promise<number[]> {
  const weights = randomWeights(smallConfig);
  const out = tensorOf(weights, 'h.1.mlp.c_proj.weight').values;
  const row = Array.from(out.slice(neuron * 12, neuron * 12 + 12));
  const mean = row.reduce((a, b) => a + b, 0) / 12;
  const normalised = Array.from(tensorOf(weights, 'ln_f.weight').values, (weight, c) => {
    return ((row[c] ?? NaN) - mean) * weight;
  });
  const effect: number[] = [];
  for (let id = 0; id < 23; id++) {
    const unembedding = await model.decoder.embeddingRow(id);
    effect.push(normalised.reduce((sum, value, c) => sum + value * (unembedding[c] ?? NaN), 0));
  }
  return effect;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const product = a.reduce((sum, value, c) => sum + value * (b[c] ?? 0), 0);
  return product / (Math.hypot(...a) * Math.hypot(...b));
}
