// Picking a token from logits: against a brute-force sampler that sorts everything.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FallingOrder } from '../../src/engine/sampling/fallingOrder';
import { Prediction } from '../../src/engine/sampling/prediction';
import { draw } from '../../src/engine/sampling/random';
import { checkStop } from '../../src/engine/sampling/settings';
import { topIndices } from '../../src/engine/tracing/topIndices';
import { failureOf } from '../../src/protocol/failures';
import type { SamplingSettings } from '../../src/protocol/sampling';
import { greedySampling } from '../../src/protocol/sampling';
import { assertClose } from '../support/closeness';

/** Sums of at most 60 float64 terms in another order differ by a few units of 2⁻⁵³. */
const tolerance = 1e-13;

const someLogits = fc
  .array(fc.oneof(fc.double({ min: -40, max: 40, noNaN: true }), fc.constantFrom(0, 1, 2)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((values) => Float32Array.from(values));
const someSampling: fc.Arbitrary<SamplingSettings> = fc.record({
  temperature: fc.constantFrom(0.05, 0.3, 0.7, 1, 1.9, 10),
  topK: fc.nat(70),
  topP: fc.oneof(fc.constant(1), fc.double({ min: 1e-9, max: 1, noNaN: true })),
  minP: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  repetitionPenalty: fc.constantFrom(0.5, 1, 1.3, 4),
  seed: fc.nat(),
});
const someDraw = fc.record({ ids: fc.array(fc.nat(59), { maxLength: 12 }), step: fc.nat(1000) });

describe('the order of logits', () => {
  it('is that of a full sort, ties by rising id, however few are asked for', () => {
    fc.assert(
      fc.property(someLogits, fc.nat(60), (logits, count) => {
        const expected = sorted(logits).slice(0, count);
        assert.deepEqual([...new FallingOrder(logits).first(count)], expected);
        assert.deepEqual([...topIndices(logits, count)], expected);
      }),
    );
  });
});

describe('a prediction', () => {
  it('agrees with a brute-force sampler on probabilities, cut and pick', () => {
    fc.assert(
      fc.property(someLogits, someSampling, someDraw, (given, sampling, { ids, step }) => {
        const seen = Int32Array.from(ids.filter((id) => id < given.length));
        const logits = bruteForcePenalty(given, seen, sampling.repetitionPenalty ?? 1);
        const prediction = new Prediction(given, sampling, seen);
        const actual = prediction.distribution(step, logits.length);
        const expected = bruteForce(logits, sampling, draw(sampling.seed, step));
        const chosen = prediction.choose(actual.ids.at(-1) ?? NaN);
        assert.equal(chosen.rank, logits.length);
        assert.equal(chosen.probability, actual.probabilities.at(-1));
        assert.deepEqual([...actual.ids], expected.ids);
        assert.equal(actual.keptCount, expected.keptCount);
        assert.equal(actual.pick.id, expected.pick);
        assert.equal(actual.pick.rank, actual.ids.indexOf(actual.pick.id) + 1);
        for (const what of ['probabilities', 'kept'] as const) {
          assertClose(actual[what], expected[what], { tolerance, what });
        }
        const scalars = [actual.entropyBits, actual.keptMass, actual.pick.probability];
        const others = [expected.entropyBits, expected.keptMass, expected.probability];
        // Entropy subtracts numbers as large as 40 nats of logits.
        assertClose(scalars, others, { tolerance: 1e-11, what: 'entropy, mass, probability' });
      }),
    );
  });

  it('draws the token whose interval holds the number that was drawn', () => {
    fc.assert(
      fc.property(someLogits, someSampling, fc.nat(), (logits, sampling, step) => {
        const { interval, draw: point, probability } = new Prediction(logits, sampling).pick(step);
        assert.ok(interval !== undefined && point !== undefined);
        assert.ok(interval[0] <= point + tolerance && point <= interval[1] + tolerance);
        assert.ok(Math.abs(interval[1] - interval[0] - probability) <= tolerance);
      }),
    );
  });

  it('keeps exactly k of equal logits, the smallest ids', () => {
    const settings = { temperature: 1, topK: 2, topP: 1, seed: 1 };
    const { kept } = new Prediction(new Float32Array(5), settings).distribution(0, 5);
    assert.deepEqual([...kept], [0.5, 0.5, 0, 0, 0]);
  });

  it('takes top-p of what top-k left, renormalised', () => {
    // Probabilities 0.4, 0.3, 0.2, 0.1; of the first two the larger holds 4/7 ≥ 0.5.
    const logits = Float64Array.of(0.4, 0.3, 0.2, 0.1).map(Math.log);
    const settings = { temperature: 1, topK: 2, topP: 0.5, seed: 1 };
    assert.equal(new Prediction(logits, settings).distribution(0, 4).keptCount, 1);
    assert.equal(
      new Prediction(logits, { ...settings, topK: 0 }).distribution(0, 4).keptCount,
      2,
      'without top-k two are needed',
    );
  });

  it('keeps what reaches a share of the largest probability', () => {
    // Probabilities 0.4, 0.3, 0.2, 0.1: half of the largest is 0.2.
    const logits = Float64Array.of(0.4, 0.3, 0.2, 0.1).map(Math.log);
    const kept = (minP: number): number =>
      new Prediction(logits, { temperature: 1, topK: 0, topP: 1, minP, seed: 1 }).distribution(0, 4)
        .keptCount;
    assert.deepEqual([kept(0), kept(0.3), kept(0.49), kept(0.6), kept(1)], [4, 3, 3, 2, 1]);
  });

  it('divides positive and multiplies negative logits of the ids that are there, each once', () => {
    const settings = { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 2, seed: 1 };
    const seen = Int32Array.of(0, 0, 2);
    const { ids, logits } = new Prediction(Float32Array.of(6, 4, -1, -1.5), settings, seen)
      // Greedy takes id 1, since id 0 is there already.
      .distribution(0, 4);
    assert.deepEqual(
      [[...ids], [...logits]],
      [
        [1, 0, 3, 2],
        [4, 3, -1.5, -2],
      ],
    );
  });

  it('is the largest logit with its softmax at temperature 1 when greedy', () => {
    const { pick, ...rest } = new Prediction(
      Float32Array.of(1, 3, 3, 0),
      greedySampling,
    ).distribution(0, 2);
    const expected = Math.exp(0) / (2 + Math.exp(-2) + Math.exp(-3));
    assert.equal(pick.id, 1);
    assert.ok(Math.abs(pick.probability - expected) < tolerance);
    assert.deepEqual([pick.draw, pick.interval, pick.rank], [undefined, undefined, 1]);
    assert.deepEqual(
      [rest.keptCount, rest.logitGap, rest.vocabulary, [...rest.kept]],
      [1, 0, 4, [1, 0]],
    );
  });

  it('stays finite for a temperature that makes all but one probability vanish', () => {
    const settings = { temperature: 1e-300, topK: 0, topP: 1, seed: 3 };
    const { pick, entropyBits } = new Prediction(
      Float32Array.of(-80, 80, 79),
      settings,
    ).distribution(0, 3);
    assert.deepEqual([pick.id, pick.probability, entropyBits], [1, 1, 0]);
  });

  it('refuses logits that are no numbers and settings out of range', () => {
    const codeOf = (make: () => unknown): string => {
      try {
        make();
        return 'nothing';
      } catch (thrown) {
        return failureOf(thrown).code;
      }
    };
    const settings = { temperature: 1, topK: 0, topP: 1, seed: 1 };
    for (const wrong of [NaN, Infinity, -Infinity]) {
      const make = (): unknown => new Prediction(Float32Array.of(0, wrong), settings);
      assert.equal(codeOf(make), 'tensor-not-finite', String(wrong));
    }
    const outOfRange: Partial<SamplingSettings>[] = [
      { temperature: -1 },
      { temperature: 10.1 },
      { temperature: NaN },
      { topK: -1 },
      { topK: 1.5 },
      { topP: 0 },
      { topP: 1.1 },
      { minP: -0.1 },
      { minP: 1.1 },
      { repetitionPenalty: 0 },
      { repetitionPenalty: 11 },
      { seed: -1 },
      { seed: 2 ** 53 },
    ];
    for (const wrong of outOfRange) {
      const make = (): unknown => new Prediction(Float32Array.of(0), { ...settings, ...wrong });
      assert.equal(codeOf(make), 'setting-invalid', JSON.stringify(wrong));
    }
    assert.equal(
      codeOf(() => checkStop({ maxTokens: 0, stopStrings: [] })),
      'setting-invalid',
    );
    assert.equal(
      codeOf(() => checkStop({ maxTokens: 1, stopStrings: [''] })),
      'setting-invalid',
    );
  });
});

describe('a draw', () => {
  it('depends on seed and step alone and lies in [0, 1)', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(), (seed, step) => {
        const point = draw(seed, step);
        assert.equal(draw(seed, step), point);
        assert.ok(point >= 0 && point < 1);
      }),
    );
  });

  it('follows SplitMix64 as its authors published it', () => {
    // The third output of their generator from state s is mix(s + 3γ), which is the draw of a seed whose mixed value is s.
    const published = 6457827717110365317n; // first output for state 1234567, Vigna's splitmix64.c
    assert.equal(reference(1234567n), published);
    const seed = 42;
    const state = reference(BigInt(seed));
    assert.equal(draw(seed, 2), Number(referenceAt(state, 3n) >> 11n) / 2 ** 53);
  });

  it('spreads evenly over tenths, for steps of one seed and for seeds at one step', () => {
    for (const pointAt of [(n: number) => draw(7, n), (n: number) => draw(n, 0)]) {
      const tenths = new Array<number>(10).fill(0);
      for (let n = 0; n < 10_000; n++) {
        const tenth = Math.floor(pointAt(n) * 10);
        tenths[tenth] = (tenths[tenth] ?? NaN) + 1;
      }
      const chiSquare = tenths.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
      // 99.9th percentile of χ² with 9 degrees of freedom; the draws are fixed, so this cannot flicker.
      assert.ok(chiSquare < 27.88, `χ² ${chiSquare}: ${tenths.join(', ')}`);
    }
  });
});

const mask = 2n ** 64n - 1n;

/** First output of splitmix64.c (Vigna 2015) from a state. */
function reference(state: bigint): bigint {
  return referenceAt(state, 1n);
}

function referenceAt(state: bigint, count: bigint): bigint {
  let z = (state + count * 0x9e3779b97f4a7c15n) & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  return z ^ (z >> 31n);
}

function sorted(values: ArrayLike<number>): number[] {
  const ids = Array.from({ length: values.length }, (_, id) => id);
  return ids.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
}

function bruteForcePenalty(logits: Float32Array, seen: Int32Array, penalty: number): Float64Array {
  return Float64Array.from(logits, (logit, id) => {
    if (!seen.includes(id)) return logit;
    return logit > 0 ? logit / penalty : logit * penalty;
  });
}

/** Temperature → top-k → top-p → min-p → renormalise, by sorting everything. */
function bruteForce(logits: Float64Array, sampling: SamplingSettings, point: number) {
  const ids = sorted(logits);
  const ordered = ids.map((id) => logits[id] ?? NaN);
  const probabilities = normalised(ordered.map((logit) => logit / sampling.temperature));
  let keptCount = sampling.topK === 0 ? ids.length : Math.min(sampling.topK, ids.length);
  const afterK = sum(probabilities.slice(0, keptCount));
  for (let count = 1; count <= keptCount && sampling.topP < 1; count++) {
    if (sum(probabilities.slice(0, count)) / afterK >= sampling.topP) keptCount = count;
  }
  const share = (sampling.minP ?? 0) * (probabilities[0] ?? NaN);
  keptCount = probabilities.slice(0, keptCount).filter((p) => p >= share).length;
  const keptMass = sum(probabilities.slice(0, keptCount));
  const kept = probabilities.map((p, rank) => (rank < keptCount ? p / keptMass : 0));
  let rank = 0;
  while (
    rank + 1 < keptCount &&
    sum(kept.slice(0, rank + 1)) <= point &&
    (kept[rank + 1] ?? 0) > 0
  ) {
    rank++;
  }
  const terms = probabilities.map((p) => (p > 0 ? -p * Math.log2(p) : 0));
  return {
    ids,
    probabilities,
    kept,
    keptCount,
    keptMass,
    entropyBits: sum(terms),
    pick: ids[rank],
    probability: kept[rank] ?? NaN,
  };
}

function normalised(scaled: readonly number[]): number[] {
  const largest = Math.max(...scaled);
  const exponentials = scaled.map((value) => Math.exp(value - largest));
  return exponentials.map((value) => value / sum(exponentials));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
