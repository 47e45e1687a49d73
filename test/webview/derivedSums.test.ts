/** Sums that are written out: their terms and results are what an engine beside computes. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Engine } from '../../src/engine/engine';
import type { RunId } from '../../src/protocol/runs';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the little';
const otherText = 'Once upon a time there was a little boy who lived in the little';
const last = 14;
const sampling = { temperature: 0.8, topK: 40, topP: 1, seed: 7 };
/** Four decimals are shown. */
const tolerance = 5.1e-5;

describe('Sums that are written out', function () {
  const inspectors = inspectorsFor(this);
  let engine: Engine;
  let run: RunId;
  let otherRun: RunId;
  let ids: Int32Array;

  before(async () => {
    engine = await builtinEngine();
    const runOf = async (of: string) =>
      engine.run({ ids: (await engine.tokenize({ text: of })).ids });
    ({ run, ids } = await runOf(text));
    assert.equal(ids.length, last + 1);
    ({ run: otherRun } = await runOf(otherText));
  });

  after(() => engine.dispose());

  it('are the entropy and what the cut keeps, from logits that lead on', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'predict' } });
    const { values } = await engine.activation({ run, name: 'logits', index: [last] });
    const exponentials = Array.from(values, (logit) => Math.exp(logit / sampling.temperature));
    const sum = exponentials.reduce((total, each) => total + each, 0);
    const chances = exponentials.map((each) => each / sum).toSorted((a, b) => b - a);
    const entropy = chances.reduce((bits, p) => bits - p * Math.log2(p), 0);
    const kept = chances.slice(0, sampling.topK).reduce((total, p) => total + p, 0);
    await page.click('.stats .number >> nth=0');
    near((await ledger(page)).at(-1), entropy, { what: 'entropy' });
    const [first = [], second = []] = await lines(page);
    near(first[0], chances[0], { what: 'the likeliest' });
    near(second[2], -(chances[1] ?? NaN) * Math.log2(chances[1] ?? NaN), { what: 'the second' });
    await page.click('.verification .ledger tbody tr:first-child .number');
    await page.waitForSelector('.verification p code:text-matches("^p\\\\[")');
    await page.click('.verification .ledger tbody tr:first-child .number');
    await page.waitForSelector('.verification .outcome:not(.error)');
    await page.keyboard.press('Escape');
    await page.click('.stats .number >> nth=2');
    near((await ledger(page)).at(-1), kept, { what: 'kept' });
    await page.context().close();
  });

  it('are the habits of a head, from its weights', async () => {
    const place = { step: 'attend', open: true, block: 1, head: 2 } as const;
    const { page } = await inspectors.open({ text, place });
    const { values } = await engine.activation({ run, name: 'blocks.1.attn.pattern', index: [2] });
    const weight = (query: number, key: number) => values[query * ids.length + key] ?? NaN;
    const queries = Array.from({ length: last }, (_, i) => i + 1);
    const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;
    const twins = queries.flatMap((query) =>
      [...ids.keys()]
        .filter((key) => key < query && ids[key] === ids[query])
        .map((key) => [query, key] as const),
    );
    // “a” and “little” stand in the text twice.
    assert.equal(twins.length, 2);
    const bits = (query: number) =>
      Array.from({ length: query + 1 }, (_, key) => weight(query, key)).reduce(
        (sum, w) => sum - (w > 0 ? w * Math.log2(w) : 0),
        0,
      );
    const expected = {
      previous: mean(queries.map((query) => weight(query, query - 1))),
      first: mean(queries.map((query) => weight(query, 0))),
      itself: mean(queries.map((query) => weight(query, query))),
      same: mean(twins.map(([query, key]) => weight(query, key))),
      induction: mean(twins.map(([query, key]) => weight(query, key + 1))),
      entropy: mean(queries.map(bits)),
    };
    for (const [kind, value] of Object.entries(expected)) {
      await page.click(`[data-habit="${kind}"] .number`);
      near((await ledger(page)).at(-1), value, { what: kind });
      if (kind !== 'entropy') await page.keyboard.press('Escape');
    }
    // From the mean entropy to that of a row, and on to a weight.
    await page.click('.verification .ledger tbody tr:first-child .number');
    await page.waitForSelector('.verification p code:text-matches("^entropy\\\\(")');
    const [, row = ''] = /, (\d+)\]/.exec(await page.innerText('.verification p code')) ?? [];
    near((await ledger(page)).at(-1), bits(Number(row)), { what: 'a row' });
    await page.context().close();
  });

  it('are the coordinates of the map, from the row, the mean and the direction', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'embed', token: 7 } });
    await page.waitForSelector('.map-place .number');
    const map = await engine.embeddingMap({ run, points: 600, method: 'pca', seed: 1 });
    const index = map.ids.indexOf(ids[7] ?? -1);
    await page.click('.map-place .number >> nth=1');
    const [sum, told] = await ledger(page);
    near(told, map.places[2 * index + 1], { what: 'y' });
    near(sum, map.places[2 * index + 1], { what: 'the sum' });
    await page.keyboard.press('Escape');
    await page.click('[data-focus="map-UMAP"]');
    await page.waitForSelector('.embed-map:has-text("no formula")', { timeout: 40_000 });
    assert.equal((await page.$$('.map-place .number')).length, 0);
    await page.context().close();
  });

  it('are the share of a head in a logit, and the divergence of a state from the last', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'predict' } });
    await page.waitForSelector('.who button');
    const [, id = ''] =
      /→ (\d+)/.exec((await page.getAttribute('.who button >> nth=0', 'data-number')) ?? '') ?? [];
    const shares = await engine.contributions({ run, position: last, id: Number(id) });
    await page.click('.who button >> nth=0');
    near((await ledger(page)).at(-1), shares.heads[0], { what: 'the first head' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('7');
    await page.keyboard.press('6');
    const name = `lens.divergence[1, ${String(last)}]`;
    await page.click(`.lens-table [data-number="${name}"]`);
    await page.waitForSelector('.verification .ledger');
    const lens = await engine.lens({ run, top: 1 });
    const [states, positions] = lens.shape;
    const likeliest = lens.ids[(states - 1) * positions + last] ?? 0;
    const watched = await engine.lens({ run, top: 1, watch: likeliest });
    const [p = NaN, q = NaN] = [states - 1, 1].map(
      (layer) => watched.watchedProbability[layer * positions + last],
    );
    const [first = []] = await lines(page);
    near(first[0], p, { what: 'p' });
    near(first[1], Math.log2(p / q), { what: 'bits', room: 2e-4 });
    near((await ledger(page)).at(-1), lens.divergenceBits[positions + last], {
      what: 'divergence',
    });
    await page.context().close();
  });

  it('are distances between the sides of a comparison, and how far a head moved', async () => {
    const { page } = await inspectors.open({
      text,
      compare: { kind: 'text', text: otherText, name: undefined },
      place: { step: 'repeat', block: 1, token: last },
    });
    const name = 'blocks.1.resid_post';
    const [a, b] = await Promise.all(
      [run, otherRun].map(
        async (of) => (await engine.activation({ run: of, name, index: [last] })).values,
      ),
    );
    assert.ok(a && b);
    const distance = Math.hypot(...a.map((x, i) => (b[i] ?? NaN) - x));
    await page.click('[data-measure="distance"] .number');
    near((await ledger(page))[1], distance, { what: 'distance' });
    await page.click('.verification [data-side="b"] .number >> nth=0');
    await page.waitForSelector('.verification[data-side="b"] .both');
    const told = await page.innerText('.verification p code');
    const channel = Number(/(\d+)\]$/.exec(told)?.[1]);
    const recorded = (await page.innerText('.both td')).replace('−', '-');
    assert.equal(Number(recorded), b[channel]);
    await page.click('[data-focus="number-back"]');
    await page.waitForSelector('.verification[data-side="a"] .ledger');
    await page.keyboard.press('Escape');
    await page.keyboard.press('4');
    await page.click('[data-measure="head-moved"] .number');
    const pairs = Array.from(ids.keys()).flatMap((i) => [i, i]);
    const moved = await engine.difference({ from: run, run: otherRun, pairs });
    const [heads = 0] = (await engine.activation({ run, name: 'blocks.1.attn.pattern' })).shape;
    near((await ledger(page)).at(-1), moved.heads[heads], { what: 'block 1, head 0' });
    await page.click('.verification .ledger tbody tr:first-child .number');
    await page.waitForSelector('.verification p code:text-matches("^moved\\\\[1, 0, ")');
    await page.waitForSelector('.verification .ledger [data-side="b"] .number');
    await page.context().close();
  });
});

function near(
  found: number | undefined,
  expected: number | undefined,
  { what, room = tolerance }: { readonly what: string; readonly room?: number },
) {
  const difference = Math.abs((found ?? NaN) - (expected ?? NaN));
  assert.ok(difference <= room, `${what}: ${String(found)} for ${String(expected)}`);
}

/** The totals of the open sheet. */
async function ledger(page: Page): Promise<number[]> {
  await page.waitForSelector('.verification .ledger');
  await settled(page);
  return (await page.locator('.verification tfoot td').allInnerTexts()).map(number);
}

/** The numbers of each line of the open sheet, without the signs between them. */
async function lines(page: Page): Promise<number[][]> {
  const rows = await page.$$eval('.verification .ledger tbody tr', (all) =>
    all.map((row) => [...row.querySelectorAll('td:not(.op)')].map((cell) => cell.textContent)),
  );
  return rows.map((row) => row.map(number));
}

function number(of: string): number {
  return Number(of.trim().replace('−', '-'));
}
