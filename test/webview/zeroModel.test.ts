/** What a model without any weight shows: zeros, and patterns in which every visible key has the same share. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Place } from '../../src/protocol/panelApi';
import { startInspectors, type Inspectors } from './page';
import { zeroModel } from './zeroModel';

const text = 'Once upon a time there was a little girl who lived in the';
const tokens = 14;
const vocabulary = 4096;

describe('The Inspector of a model whose weights are all zero', function () {
  this.timeout(60_000);
  let folder: string;
  let inspectors: Inspectors;

  before(async function () {
    this.timeout(240_000);
    folder = await zeroModel();
    inspectors = await startInspectors({ model: folder });
  });

  after(async () => {
    await inspectors.close();
    await rm(folder, { recursive: true });
  });

  /** The numbers in the cells of all tables, row by row. */
  async function tables(place: Partial<Place>): Promise<{ page: Page; rows: number[][] }> {
    const { page, errors } = await inspectors.open({ text, place: { ...place, table: true } });
    const rows = await page.$$eval('main table tbody tr', (all) =>
      all.map((row) =>
        Array.from(row.querySelectorAll('td'), (cell) =>
          Number(cell.textContent.trim().replace('−', '-').replace('—', 'NaN')),
        ),
      ),
    );
    assert.deepEqual(errors, []);
    assert.ok(rows.length > 0, 'no table');
    return { page, rows };
  }

  for (const [what, place] of Object.entries({
    'embeddings and their sum': { step: 'embed' },
    'scores before the scale': { step: 'attend', open: true, stage: 0 },
    scores: { step: 'attend', open: true, stage: 1 },
    'writes of the heads': { step: 'attend', open: true, stage: 5 },
    'writes of attention': { step: 'attend', open: true, stage: 6, block: 3 },
  } satisfies Record<string, Partial<Place>>)) {
    it(`has only zeros for ${what}`, async () => {
      const { page, rows } = await tables(place);
      const other = rows.flat().find((value) => value !== 0);
      assert.equal(other, undefined, `${String(other)} among them`);
      await page.context().close();
    });
  }

  it('has only zeros in the picture of the whole pass', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'overview', table: true } });
    const cells = await page.$$eval('main table td', (all) => all.map((cell) => cell.textContent));
    assert.equal(cells.length, tokens * 4);
    assert.deepEqual([...new Set(cells)], ['0.0 + 0.0']);
    await page.context().close();
  });

  it('gives every visible key the same weight', async () => {
    const { page, rows } = await tables({ step: 'attend', open: true, stage: 3, block: 2 });
    assert.equal(rows.length, tokens);
    rows.forEach((row, query) => {
      row.forEach((weight, key) => {
        if (key > query) assert.ok(Number.isNaN(weight), `query ${query} sees key ${key}`);
        // Two decimals are shown.
        else
          assert.ok(Math.abs(weight - 1 / (query + 1)) <= 0.005001, `${query}, ${key}: ${weight}`);
      });
    });
    await page.context().close();
  });

  it('gives every token of the vocabulary the same probability', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'predict' } });
    const shares = await page.$$eval('.stage tbody tr:has(button)', (rows) =>
      rows.map((row) =>
        row.querySelector('td:last-child, td.num:last-of-type')?.textContent.trim(),
      ),
    );
    const entropy = await page.innerText('.stage');
    // The settings keep 40 tokens; what is cut has none.
    assert.deepEqual([...new Set(shares)], ['2.50 %', '—']);
    // log₂ of the vocabulary.
    assert.match(entropy, new RegExp(Math.log2(vocabulary).toFixed(2)));
    await page.context().close();
  });
});
