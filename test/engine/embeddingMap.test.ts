// The map of the embedding table: who is on it, that PCA is PCA, and that UMAP is the same for the same seed.
import assert from 'node:assert/strict';
import { embeddingMap } from '../../src/engine/tracing/embeddingMap';
import type { Work } from '../../src/engine/work';
import { Pace } from '../../src/engine/work';
import { assertClose } from '../support/closeness';
import { abortAfter, rejectsWith } from '../support/failing';
import { smallConfig } from '../support/models';
import { openTraced, pace, reference } from '../support/traced';

const ids = Int32Array.of(3, 5, 3, 8);
const { width, vocabulary } = smallConfig;
const work = (): Work => ({ pace: pace(), onProgress: undefined });

describe('the map of the embedding table', () => {
  it('has the tokens of the text once each, then rows around them, none twice', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { table } = model;
    const request = { ids, points: 12, method: 'pca', seed: 1 } as const;
    const map = await embeddingMap({ table, width, vocabulary }, request, work());
    assert.deepEqual([...map.ids.slice(0, 3)], [3, 5, 8]);
    assert.equal(map.own, 3);
    assert.equal(map.ids.length, Math.min(12, vocabulary));
    assert.equal(new Set(map.ids).size, map.ids.length);
    const nearest = (await table.facts({ id: 3, neighbours: 1 }, pace())).nearest[0]?.id ?? -1;
    assert.ok(map.ids.includes(nearest));
    model.dispose();
  });

  it('by PCA has uncorrelated axes of falling variance, and says how much of it they keep', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { table } = model;
    const request = { ids, points: vocabulary, method: 'pca', seed: 1 } as const;
    const map = await embeddingMap({ table, width, vocabulary }, request, work());
    const count = map.ids.length;
    const axis = (which: number) =>
      Array.from({ length: count }, (_, i) => map.places[2 * i + which] ?? NaN);
    const [x, y] = [axis(0), axis(1)];
    const dot = (a: number[], b: number[]) =>
      a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
    const { values } = await table.rows(map.ids, pace());
    const rows = Array.from({ length: count }, (_, i) =>
      values.subarray(i * width, (i + 1) * width),
    );
    const mean = Array.from(
      { length: width },
      (_, c) => rows.reduce((sum, row) => sum + (row[c] ?? NaN), 0) / count,
    );
    const total = rows.reduce(
      (sum, row) => sum + row.reduce((all, value, c) => all + (value - (mean[c] ?? 0)) ** 2, 0),
      0,
    );
    // NIPALS stops at a change of 1e-10 in the scores; places are float32.
    assert.ok(Math.abs(dot(x, y) / total) < 1e-4, `correlation ${dot(x, y) / total}`);
    assertClose(map.kept ?? [], [dot(x, x) / total, dot(y, y) / total], {
      tolerance: 1e-5,
      what: 'share',
    });
    assert.ok(dot(x, x) >= dot(y, y) && dot(x, x) + dot(y, y) <= total * 1.00001);
    // Places are the rows less their mean, along the directions that are told.
    const { mean: told = new Float32Array(), directions } = map.axes ?? {};
    assertClose(told, mean, { tolerance: 1e-6, what: 'mean' });
    for (const [which, places] of [x, y].entries()) {
      const direction = directions?.values.subarray(which * width, (which + 1) * width) ?? [];
      const made = rows.map((row) =>
        row.reduce((sum, value, c) => sum + (value - (mean[c] ?? NaN)) * (direction[c] ?? NaN), 0),
      );
      assertClose(made, places, { tolerance: 1e-5, what: 'places' });
    }
    // No single direction keeps more than the first axis: not even the best channel.
    for (let c = 0; c < width; c++) {
      const channel = rows.map((row) => (row[c] ?? NaN) - (mean[c] ?? NaN));
      assert.ok(dot(channel, channel) <= dot(x, x) * 1.0001, `channel ${c}`);
    }
    model.dispose();
  });

  it('by UMAP is the same for the same seed alone, and tells its progress', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { table } = model;
    const told: number[] = [];
    const at = (seed: number) =>
      embeddingMap(
        { table, width, vocabulary },
        { ids, points: 24, method: 'umap', seed },
        { pace: pace(), onProgress: ({ done }) => told.push(done) },
      );
    const [first, again, other] = [await at(1), await at(1), await at(2)];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.places, other.places);
    assert.equal(first.kept, undefined);
    assert.ok(first.places.every(Number.isFinite));
    assert.ok(told.length > 100);
    model.dispose();
  });

  it('ends when it is cancelled', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { table } = model;
    const { signal, tick } = abortAfter(40);
    let now = 0;
    const host = { now: () => (now += 100), breathe: tick };
    const request = { ids, points: 24, method: 'umap', seed: 1 } as const;
    const cancelled = embeddingMap({ table, width, vocabulary }, request, {
      pace: new Pace(host, signal),
      onProgress: undefined,
    });
    await rejectsWith('cancelled', cancelled);
    model.dispose();
  });
});
