/** An edited mask or position in the panel is an edited run: every number after it is the engine's for that run. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Engine } from '../../src/engine/engine';
import type { PassEdits } from '../../src/protocol/engineApi';
import { maskOf, positionsOf, type RunEdits } from '../../src/protocol/runEdits';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the';
const length = 14;
const window = { dropped: 0, length };

describe('Edits of the run in the Inspector', function () {
  const inspectors = inspectorsFor(this);
  let engine: Engine;
  let ids: Int32Array;

  before(async () => {
    engine = await builtinEngine();
    ({ ids } = await engine.tokenize({ text }));
    assert.equal(ids.length, length);
  });

  after(() => engine.dispose());

  async function runWith(edits: Partial<RunEdits>): Promise<{ run: number; edits: PassEdits }> {
    const mask = maskOf(edits.mask ?? [], window);
    const positions = positionsOf(edits.positions ?? [], window);
    const pass = { ...(mask && { mask }), ...(positions && { positions }) };
    const { run } = await engine.run({ ids, ...pass });
    return { run, edits: pass };
  }

  /** Probability in percent of each token in the panel's list, by id: before and after. */
  async function assertPredictions(page: Page, run: number): Promise<void> {
    const shown = await page.$$eval('.before-after tbody tr', (rows) =>
      rows.map((row) => ({
        id: Number((row as HTMLElement).dataset['id']),
        cells: [...row.querySelectorAll('td')].map((cell) => cell.textContent),
      })),
    );
    assert.ok(shown.length >= 5);
    const before = await probabilities((await engine.run({ ids })).run);
    const after = await probabilities(run);
    for (const { id, cells } of shown) {
      for (const [column, expected] of [before.get(id), after.get(id)].entries()) {
        const percent = Number.parseFloat(cells[column] ?? '');
        // One decimal of a percent is shown, two below one percent.
        assert.ok(Math.abs(percent / 100 - (expected ?? NaN)) <= 0.00051, `${id}: ${cells.join()}`);
      }
    }
  }

  async function probabilities(run: number): Promise<Map<number, number>> {
    const sampling = { temperature: 1, topK: 0, topP: 1, seed: 1 };
    const rows = 1e6;
    const found = await engine.distribution({ run, sampling, step: 0, rows });
    return new Map(Array.from(found.ids, (id, rank) => [id, found.probabilities[rank] ?? NaN]));
  }

  it('hide a cell by a click, and show everything after it as the engine computes it', async () => {
    const place = { step: 'attend', open: true, stage: 3, block: 1, head: 2 } as const;
    const { page, errors } = await inspectors.open({ text, place });
    await page.keyboard.press('m');
    const box = await (await page.$('.grid'))?.boundingBox();
    assert.ok(box);
    const cell = box.width / length;
    await page.mouse.click(box.x + 8.5 * cell, box.y + 13.5 * cell);
    await page.waitForSelector('.rail .edited');
    await page.waitForSelector('.before-after');
    await settled(page);
    const { run } = await runWith({ mask: [{ kind: 'cell', query: 13, key: 8, seen: false }] });
    const pattern = await engine.activation({
      run,
      name: 'blocks.1.attn.pattern',
      index: [2],
    });
    const row = [...pattern.values.subarray(13 * length, 14 * length)];
    assert.equal(row[8], 0);
    const twin = await page.$$eval('.twin tbody tr:nth-child(14) td', (cells) =>
      cells.map((each) => each.textContent),
    );
    row.forEach((weight, key) => {
      if (key === 8) assert.equal(twin[key], '—');
      else assert.ok(Math.abs(Number(twin[key]) - weight) <= 0.00501, `key ${key}: ${twin[key]}`);
    });
    await assertPredictions(page, run);
    await page.click('[data-focus="reset-edits"]');
    await page.waitForSelector('.rail .edited', { state: 'detached' });
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('lift the mask by keyboard alone, take one step back, and say what was done', async () => {
    const place = { step: 'attend', open: true, stage: 2, cell: [5, 2] } as const;
    const { page } = await inspectors.open({ text, place });
    await page.keyboard.press('m');
    await page.focus('.grid');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.edits li');
    await page.focus('[data-focus="mask-edit"]');
    for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowRight');
    const focused = await page.evaluate(() => document.activeElement?.textContent.trim());
    assert.equal(focused, 'No mask');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.edits li').length === 3);
    await settled(page);
    const said = await page.$$eval('.edits li', (items) => items.map((item) => item.textContent));
    assert.match(said[0] ?? '', /Everybody sees everybody/);
    assert.match(said[1] ?? '', /Hide key 2 .* from query 5/);
    const { run } = await runWith({ mask: [{ kind: 'full' }] });
    await assertPredictions(page, run);
    await page.keyboard.press('Escape');
    await page.click('[data-focus="undo-edit"]');
    await page.waitForFunction(() => document.querySelectorAll('.edits li').length === 1);
    await page.context().close();
  });

  it('never leave a query without a key', async () => {
    const place = { step: 'attend', open: true, stage: 2, cell: [0, 0] } as const;
    const { page } = await inspectors.open({ text, place });
    await page.keyboard.press('m');
    await page.focus('.grid');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      document.querySelector('#live')?.textContent.includes('at least one'),
    );
    assert.equal((await page.$$('.rail .edited')).length, 0);
    await page.context().close();
  });

  it('take positions away, and show the vectors and the prediction of that run', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'embed', token: 13 } });
    await page.click('[data-focus="position-dropAll-"]');
    await page.waitForSelector('.rail .edited');
    await page.waitForSelector('.before-after');
    await settled(page);
    const { run } = await runWith({ positions: [{ kind: 'dropAll' }] });
    await assertPredictions(page, run);
    const norms = await page.$$eval('.vnorm', (all) => all.map((each) => each.textContent));
    assert.equal(norms[1], '‖0.00‖');
    assert.equal(norms[0], norms[2]);
    await page.context().close();
  });
});
