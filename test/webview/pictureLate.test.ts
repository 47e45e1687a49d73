import assert from 'node:assert/strict';
import fc from 'fast-check';
import { activationFunction, erf } from '../../webview/views/activationFunctions';
import { cacheBytes } from '../../webview/views/appendCache';
import { gridColumns } from '../../webview/views/feedforwardNeurons';
import { intervalDigits, segmentsOf } from '../../webview/views/predictBar';
import { shownRanks } from '../../webview/views/predictTable';
import type { Distribution } from '../../src/protocol/sampling';

describe('The non-linearities as they are written out', () => {
  it('agree with published values of the error function', () => {
    // Abramowitz & Stegun, table 7.1, ten decimals.
    const table = [
      [0, 0],
      [0.5, 0.5204998778],
      [1, 0.8427007929],
      [2, 0.995322265],
    ] as const;
    for (const [x, expected] of table) {
      // Half a unit of the table's last decimal.
      assert.ok(Math.abs(erf(x) - expected) <= 5e-11, `erf(${x}) = ${erf(x)}, not ${expected}`);
      assert.equal(erf(-x), x === 0 ? -0 : -erf(x));
    }
  });

  it('end their lines in the number that they claim', () => {
    const x = 1.25;
    for (const [name, last] of [
      ['gelu_new', (t: number) => (x / 2) * (1 + t)],
      ['gelu', (t: number) => (x / 2) * (1 + t)],
      ['relu', (t: number) => Math.max(0, t)],
      ['identity', (t: number) => t],
    ] as const) {
      const known = activationFunction(name);
      const lines = known?.lines(x) ?? [];
      assert.equal(known?.of(x), last(lines[lines.length - 1]?.value ?? Number.NaN), name);
    }
  });

  it('are not claimed for networks whose neuron is no function of one number', () => {
    assert.equal(activationFunction('silu_gated'), undefined);
    assert.equal(activationFunction('none'), undefined);
  });
});

describe('The grid of neurons', () => {
  it('has no ragged edge and is about twice as wide as high', () => {
    assert.deepEqual([512, 3072].map(gridColumns), [32, 64]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (neurons) => {
        assert.equal(neurons % gridColumns(neurons), 0);
      }),
    );
  });
});

describe('The bar of the draw', () => {
  it('lays the kept probabilities end to end and leaves out what was cut', () => {
    assert.deepEqual(segmentsOf({ ids: [7, 3, 9], kept: [0.5, 0.25, 0] }), [
      { id: 7, from: 0, to: 0.5 },
      { id: 3, from: 0.5, to: 0.75 },
    ]);
  });

  it('writes narrow intervals with enough decimals to tell their ends apart', () => {
    const ends = fc.tuple(
      fc.double({ min: 0, max: 0.99, noNaN: true }),
      fc.double({ min: 1e-7, max: 0.01, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, ([from, width]) => {
        const digits = intervalDigits([from, from + width]);
        assert.notEqual(from.toFixed(digits), (from + width).toFixed(digits));
      }),
    );
  });
});

describe('The table of the prediction', () => {
  it('shows the best, the picked, the last kept and the first that was cut', () => {
    assert.deepEqual(
      shownRanks(predictionOf({ keptCount: 40, rank: 20 })),
      [0, 1, 2, 3, 4, 5, 6, 19, 39, 40],
    );
  });

  it('shows a few of those that were cut when almost nothing is kept', () => {
    assert.deepEqual(shownRanks(predictionOf({ keptCount: 1, rank: 1 })), [0, 1, 2, 3, 4, 5]);
  });

  it('shows no row that was not fetched', () => {
    assert.deepEqual(
      shownRanks(predictionOf({ keptCount: 300, rank: 9 })),
      [0, 1, 2, 3, 4, 5, 6, 8],
    );
  });
});

describe('The cache', () => {
  it('takes keys and values of every block in four bytes each', () => {
    // GPT-2 small at 1,024 positions: 12 blocks × 2 × 1,024 × 768 × 4 bytes = 72 MiB.
    const config = { layers: 12, keyValueHeads: 12, headSize: 64 };
    assert.equal(cacheBytes(config, 1024), 72 * 2 ** 20);
  });
});

function predictionOf({
  keptCount,
  rank,
}: {
  keptCount: number;
  rank: number;
}): Parameters<typeof shownRanks>[0] {
  const distribution: Distribution = {
    ids: Int32Array.from({ length: 256 }, (_, i) => i),
    logits: new Float32Array(256),
    probabilities: new Float64Array(256),
    kept: new Float64Array(256),
    keptCount,
    keptMass: 1,
    entropyBits: 0,
    logitGap: 0,
    sumExp: 1,
    maxLogit: 0,
    vocabulary: 4096,
    pick: { id: rank - 1, probability: 0, rank, draw: 0.5, interval: [0, 1] },
  };
  return { settings: { temperature: 1, topK: 0, topP: 1, seed: 1 }, distribution };
}
