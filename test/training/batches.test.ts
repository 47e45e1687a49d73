// Which tokens a run sees, in which order, and what it starts from.
import assert from 'node:assert/strict';
import { RandomStream, threefry } from '../../src/engine/tensor/random';
import { Batches } from '../../src/engine/training/batches';
import { initialWeights } from '../../src/engine/training/initialWeights';
import { learningRate } from '../../src/engine/training/schedule';
import { rejectsWith } from '../support/failing';
import { smallConfig } from '../support/models';

const size = { batch: 2, length: 5 };
const counted = (length: number, first = 0): Uint16Array =>
  Uint16Array.from({ length }, (_, i) => first + i);

describe('Batches', () => {
  it('show each window once before any comes again, and cut elsewhere the next time', () => {
    for (const seed of [1, 2, 3]) {
      const batches = new Batches([{ tokens: counted(101), weight: 1 }], size, seed);
      // Of the 19 or 20 windows of a round 18 are drawn: all different, all on one grid.
      const starts = drawStarts(batches, 9);
      const grid = new Set(starts.map((start) => start % size.length));
      assert.deepEqual([new Set(starts).size, grid.size], [18, 1], String(starts));
      const later = new Set(drawStarts(batches, 100).map((start) => start % size.length));
      assert.ok(later.size > 1, 'every round is cut at the same places');
    }
  });

  it('hold with each token the one that follows it', () => {
    const batches = new Batches([{ tokens: counted(64, 100), weight: 1 }], size, 1);
    const { ids, targets } = batches.next();
    assert.deepEqual(
      [...targets],
      Array.from(ids, (id) => id + 1),
    );
    assert.equal(ids.length, size.batch * size.length);
  });

  it('mix corpora by weight', () => {
    const corpora = [
      { tokens: counted(60), weight: 3 },
      { tokens: counted(600, 1000), weight: 1 },
    ];
    const starts = drawStarts(new Batches(corpora, size, 5), 1000);
    const share = starts.filter((start) => start < 1000).length / starts.length;
    // 2,000 draws of chance 0.75: the deviation is 0.0097; four of them.
    assert.ok(Math.abs(share - 0.75) < 0.039, String(share));
  });

  it('are the same after a skip as after drawing', () => {
    const corpora = [
      { tokens: counted(40), weight: 1 },
      { tokens: counted(50, 1000), weight: 2 },
    ];
    const [drawn, skipped] = [new Batches(corpora, size, 5), new Batches(corpora, size, 5)];
    for (let i = 0; i < 17; i++) drawn.next();
    skipped.skip(17);
    assert.deepEqual(skipped.next(), drawn.next());
  });

  it('are refused by a corpus that is shorter than one sequence and what follows', async () => {
    const make = (length: number) => () =>
      Promise.resolve(new Batches([{ tokens: counted(length), weight: 1 }], size, 1));
    const refused = make(5);
    const details = await rejectsWith('corpus-too-short', Promise.resolve().then(refused));
    assert.deepEqual(details, { tokens: 5, needed: 6 });
    assert.deepEqual([...(await make(6)()).next().ids], [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
  });
});

describe('Chance', () => {
  it('is Threefry: the known answers of its authors', () => {
    // Random123 1.14, tests/kat_vectors, threefry2x32 20.
    assert.deepEqual(threefry([0, 0], [0, 0]), [0x6b200159, 0x99ba4efe]);
    const ones = [0xffffffff, 0xffffffff] as const;
    assert.deepEqual(threefry(ones, ones), [0x1cb996fc, 0xbb002be7]);
    const pi = threefry([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3]);
    assert.deepEqual(pi, [0xc4923a9c, 0x483df7a0]);
  });

  it('has the mean and deviation of the normal distribution', () => {
    const random = new RandomStream(1, 2);
    const values = Array.from({ length: 10_000 }, (_, index) => random.normal(index));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // Deviations of both estimates: 0.01 and 0.014; four of them.
    assert.ok(Math.abs(mean) < 0.04, String(mean));
    assert.ok(Math.abs(variance - 1) < 0.057, String(variance));
    assert.notEqual(new RandomStream(1, 3).normal(0), values[0]);
    assert.notEqual(new RandomStream(1 + 2 ** 32, 2).normal(0), values[0]);
  });
});

describe('Initial weights', () => {
  it('are normal, quieter where they add to the hidden state, and 1 and 0 in norms and biases', async () => {
    const config = { ...smallConfig, width: 64, hidden: 128 };
    const source = initialWeights(config, 1);
    for (const name of source.names) {
      const values = await valuesOf(source, name);
      const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
      const expected = expectedSize(name, config.layers);
      // The estimate from n values is off by 1/√(2n); five of them.
      const off =
        name.includes('ln_') || name.endsWith('.bias') ? 0 : 5 / Math.sqrt(2 * values.length);
      assert.ok(Math.abs(deviation - expected) <= off * expected, `${name}: ${deviation}`);
    }
  });

  it('come from the seed', async () => {
    const [a, b, c] = await Promise.all(
      [1, 1, 2].map((seed) => valuesOf(initialWeights(smallConfig, seed), 'h.1.mlp.c_fc.weight')),
    );
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
  });
});

describe('The learning rate', () => {
  it('rises in a line, falls in half a cosine, and stays', () => {
    const schedule = { peak: 2, warmup: 4, final: 0.1 };
    const rates = [1, 4, 9, 14, 20].map((step) => learningRate(schedule, step, 14));
    const expected = [0.5, 2, 1.1, 0.2, 0.2];
    for (const [i, rate] of rates.entries())
      assert.ok(Math.abs(rate - (expected[i] ?? NaN)) < 1e-12);
  });
});

/** Where the windows of some batches start in a corpus that counts. */
function drawStarts(batches: Batches, count: number): number[] {
  return Array.from({ length: count }, () => batches.next()).flatMap(({ ids }) =>
    [...ids].filter((_, at) => at % size.length === 0),
  );
}

async function valuesOf(
  source: ReturnType<typeof initialWeights>,
  name: string,
): Promise<number[]> {
  const values: number[] = [];
  for await (const chunk of source.chunks(name)) values.push(...chunk.values);
  return values;
}

function expectedSize(name: string, layers: number): number {
  if (name.endsWith('.bias')) return 0;
  if (name.includes('ln_')) return 1;
  return name.endsWith('c_proj.weight') ? 0.02 / Math.sqrt(2 * layers) : 0.02;
}
