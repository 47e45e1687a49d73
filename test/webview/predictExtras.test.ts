/** What the Predict step offers beyond the draw: another u, any token of the vocabulary, where others would have led. */
import assert from 'node:assert/strict';
import type { Engine } from '../../src/engine/engine';
import { greedySampling } from '../../src/protocol/sampling';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the';
/** What the dev host samples with. */
const sampling = { ...greedySampling, temperature: 0.8, topK: 40, seed: 7 };

describe('The Predict step', function () {
  const inspectors = inspectorsFor(this);
  let engine: Engine;
  let ids: Int32Array;
  let run: number;

  before(async () => {
    engine = await builtinEngine();
    ({ ids } = await engine.tokenize({ text }));
    ({ run } = await engine.run({ ids }));
  });

  after(() => engine.dispose());

  it('says which token another u would have fallen on', async () => {
    const { page, errors } = await inspectors.open({ text, place: { step: 'predict' } });
    const distribution = await engine.distribution({ run, sampling, step: 0, rows: 4096 });
    for (const u of [0.005, 0.5, 0.999]) {
      await page.$eval(
        '[data-focus="what-if"]',
        (input, value) => {
          (input as HTMLInputElement).value = String(value);
          input.dispatchEvent(new Event('input'));
        },
        u * 1000,
      );
      await settled(page);
      let sum = 0;
      const rank = distribution.kept.findIndex((share) => (sum += share) > u);
      const shown = await page.getAttribute('[data-what-if]', 'data-what-if');
      assert.equal(Number(shown), distribution.ids[rank], `u = ${u}`);
    }
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('finds tokens in the whole vocabulary with their rank and logit', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'predict' } });
    await page.fill('[data-focus="search"]', 'house');
    await page.waitForSelector('.found tr');
    const rows = await page.$$eval('.found tr', (all) =>
      all.map((row) => ({
        id: Number((row as HTMLElement).dataset['id']),
        cells: [...row.querySelectorAll('td')].map((cell) => cell.textContent),
      })),
    );
    const distribution = await engine.distribution({ run, sampling, step: 0, rows: 4096 });
    for (const { id, cells } of rows) {
      const rank = distribution.ids.indexOf(id);
      assert.equal(cells[0]?.replaceAll(/\D/g, ''), String(rank + 1));
      const logit = Number(cells[1]?.replace('−', '-'));
      // Two decimals are shown.
      assert.ok(Math.abs(logit - (distribution.logits[rank] ?? NaN)) <= 0.00501);
    }
    assert.ok(rows.length > 0);
    await page.context().close();
  });

  it('follows the likeliest tokens as the engine would generate them, when asked', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'predict' } });
    assert.equal((await page.$$('.path-lines li')).length, 0);
    await page.click('[data-focus="paths"]');
    await page.waitForSelector('.path-lines li');
    const shown = await page.$$eval('.path-lines li', (all) =>
      all.map((line) => ((line as HTMLElement).dataset['ids'] ?? '').split(' ').map(Number)),
    );
    const { ids: best } = await engine.distribution({ run, sampling, step: 0, rows: 4 });
    assert.deepEqual(
      shown.map(([first]) => first),
      [...best],
    );
    for (const line of shown) {
      let all = Int32Array.of(...ids, line[0] ?? -1);
      for (const id of line.slice(1)) {
        const next = await engine.run({ ids: all });
        const { pick } = await engine.distribution({
          run: next.run,
          sampling: greedySampling,
          step: 0,
          rows: 1,
        });
        assert.equal(id, pick.id);
        all = Int32Array.of(...all, id);
      }
    }
    await page.context().close();
  });
});
