/** Attention measured and drawn in other ways: what is on screen is what the engine computed. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Engine } from '../../src/engine/engine';
import type { AttentionMapOf } from '../../src/protocol/runs';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor } from './page';

const text = 'Once upon a time there was a little girl who lived in the';
const length = 14;
const [block, head] = [1, 1];
const at = { step: 'attend', open: true, block, head, cell: [9, 6] } as const;

describe('Attention in the Inspector', function () {
  const inspectors = inspectorsFor(this);
  let engine: Engine;
  let run: number;

  before(async () => {
    engine = await builtinEngine();
    ({ run } = await engine.run({ ids: (await engine.tokenize({ text })).ids }));
  });

  after(() => engine.dispose());

  const maps: readonly [string, AttentionMapOf][] = [
    ['contributions of a head', { kind: 'contributions', block, head }],
    ['contributions of a block', { kind: 'contributions', block }],
    ['weights of a block', { kind: 'weights', block }],
    ['weights of the model', { kind: 'weights' }],
  ];
  for (const [name, wanted] of maps) {
    it(`writes the ${name} as the engine has them, and what the pointed one is made of`, async () => {
      const over =
        wanted.block === undefined ? 'model' : wanted.head === undefined ? 'block' : 'head';
      const place = { ...at, stage: 3, measure: wanted.kind, over } as const;
      const { page, errors } = await inspectors.open({ text, place: { ...place, table: true } });
      const { map } = await engine.attentionMap({ run, ...wanted });
      assertRow(await twinRow(page, 9), [...map.values.subarray(9 * length, 10 * length)]);
      const result = await page.innerText('.ledger .result .product');
      const expected = map.values[9 * length + 6] ?? Number.NaN;
      // Three decimals are written.
      assert.ok(Math.abs(Number(result) - expected) <= 0.000501, `${result} for ${expected}`);
      assert.deepEqual(errors, []);
      await page.context().close();
    });
  }

  it('draws lines for the weights of the query, with their numbers', async () => {
    const place = { ...at, stage: 3, drawn: 'lines' } as const;
    const { page, errors } = await inspectors.open({ text, place });
    const { map } = await engine.attentionMap({ run, kind: 'weights', block, head });
    const row = [...map.values.subarray(9 * length, 10 * length)];
    const written = await page.$$eval('.line-view > .num', (all) =>
      all.map((each) => each.textContent.trim()),
    );
    assertRow(written, row, 3);
    const lines = await page.$$eval('.line-view line.own', (all) => all.length);
    assert.equal(lines, row.filter((weight) => weight >= 0.02).length);
    await page.hover('.line-view .from[data-position="3"]');
    await page.waitForFunction(
      () => document.querySelector('.line-view .from .on')?.textContent.trim() === '·a',
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('adds the products of the neuron view up to the score of the trace', async () => {
    const place = { ...at, stage: 1, drawn: 'neurons' } as const;
    const { page, errors } = await inspectors.open({ text, place });
    const sum = Number(await page.getAttribute('.pair-says', 'data-sum'));
    const name = `blocks.${String(block)}.attn.scores`;
    const scores = await engine.activation({ run, name, index: [head, 9] });
    const expected = (scores.values[6] ?? Number.NaN) * Math.sqrt(32);
    // 32 products added in another order and kept as float32.
    assert.ok(Math.abs(sum - expected) <= 1e-4 * Math.abs(expected), `${sum} for ${expected}`);
    assert.equal((await page.$$('.neuron-view .nrow[data-key]')).length, 10);
    await page.hover('.neuron-view .nrow[data-key="2"] .dims');
    await page.waitForFunction(
      () => document.querySelectorAll('.qk-pair h2 .chip')[1]?.textContent.trim() === '·upon',
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('says what a head does with the measure behind it', async () => {
    const { page } = await inspectors.open({ text, place: { ...at, stage: 3 } });
    const statistics = await engine.headStatistics({ run });
    const index = block * 4 + head;
    const kinds = ['previous', 'first', 'itself', 'same', 'induction'] as const;
    const strongest = Math.max(...kinds.map((kind) => statistics[kind][index] ?? Number.NaN));
    const said = await page.innerText('.side .about');
    assert.ok(said.includes(strongest.toFixed(2)), said);
    assert.ok(said.includes((statistics.entropyBits[index] ?? Number.NaN).toFixed(2)), said);
    await page.context().close();
  });
});

async function twinRow(page: Page, row: number): Promise<string[]> {
  return page.$$eval(`.twin tbody tr:nth-child(${String(row + 1)}) td`, (cells) =>
    cells.map((cell) => cell.textContent),
  );
}

/** Masked cells are dashes; the others differ by no more than half of the last digit. */
function assertRow(written: readonly string[], expected: readonly number[], digits = 2): void {
  assert.equal(written.length, expected.length);
  for (const [key, value] of expected.entries()) {
    if (key > 9) assert.equal(written[key], '—');
    else {
      const off = Math.abs(Number(written[key]) - value);
      assert.ok(off <= 0.5 * 10 ** -digits + 1e-6, `key ${key}: ${written[key]} for ${value}`);
    }
  }
}
