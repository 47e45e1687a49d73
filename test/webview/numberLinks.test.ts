/** Any number on screen leads to those that it is computed from, down to the weights, and to the picture that shows it. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { steps } from '../../src/protocol/axes';
import type { Engine } from '../../src/engine/engine';
import { elementOf, placeOf } from '../../webview/numberPlace';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the';

describe('The element of an operand', () => {
  it('fills the one open axis, or two that are heads side by side', () => {
    const row = { name: 'blocks.0.attn.q[5, 2, :]', value: undefined };
    assert.deepEqual(elementOf(row, 7, 32), { name: 'blocks.0.attn.q', index: [5, 2, 7] });
    const heads = { name: 'blocks.1.attn.z[5, :, :]', value: undefined };
    assert.deepEqual(elementOf(heads, 70, 32), { name: 'blocks.1.attn.z', index: [5, 2, 6] });
    const number = { name: 'embed[3, 9]', value: 0.5 };
    assert.deepEqual(elementOf(number, 0, 32), { name: 'embed', index: [3, 9] });
  });

  it('is none where the operand is a weight of the file', () => {
    const column = { name: 'h.0.attn.c_attn.weight[:, 4]', value: undefined };
    assert.equal(elementOf(column, 1, 32), undefined);
    assert.equal(elementOf({ name: 'wte.weight[4, :]', value: undefined }, 1, 32), undefined);
  });
});

describe('The place of a number', () => {
  it('counts tokens in the whole text, and cells in the window', () => {
    const place = placeOf({ name: 'blocks.2.attn.pattern', index: [1, 6, 3] }, 10);
    assert.deepEqual([place?.step, place?.token, place?.cell], ['attend', 16, [6, 3]]);
    assert.equal(placeOf({ name: 'ln_final.normalized', index: [0, 0] }, 0), undefined);
  });
});

describe('Numbers in the Inspector', function () {
  const inspectors = inspectorsFor(this);
  let engine: Engine;
  let run: number;

  before(async () => {
    engine = await builtinEngine();
    ({ run } = await engine.run({ ids: (await engine.tokenize({ text })).ids }));
  });

  after(() => engine.dispose());

  it('lead from a weight down to the embedding, back, and to their picture', async () => {
    const place = {
      step: 'attend',
      open: true,
      stage: 3,
      block: 0,
      head: 1,
      cell: [6, 3],
    } as const;
    const { page, errors } = await inspectors.open({ text, place });
    await page.click('.soft tr.on td:nth-of-type(1) .number');
    assert.equal(await opened(page), 'blocks.0.attn.scores[1, 6, 3]');
    await page.click('.verification .ledger tbody tr:first-child .number');
    assert.match(await opened(page), /^blocks\.0\.attn\.q\[6, 1, \d+\]$/);
    await page.click('.verification .ledger tbody tr:first-child .number');
    const normalized = await opened(page);
    assert.match(normalized, /^blocks\.0\.ln1\.normalized\[6, \d+\]$/);
    const recorded = Number((await page.innerText('.both td')).replace('−', '-'));
    const index = normalized.match(/\d+/g)?.slice(-2).map(Number) ?? [];
    const found = await engine.activation({ run, name: 'blocks.0.ln1.normalized', index });
    assert.equal(recorded, found.values[0]);
    await page.click('[data-focus="number-back"]');
    assert.match(await opened(page), /attn\.q/);
    await page.click('[data-focus="number-place"]');
    await page.waitForSelector('.neuron-view');
    assert.equal((await page.$$('.verification')).length, 0);
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('can be pressed in every step that writes one out', async () => {
    const { page, errors } = await inspectors.open({ text });
    for (const step of ['embed', 'feedforward', 'repeat', 'predict'] as const) {
      await page.keyboard.press(String(steps.indexOf(step) + 1));
      await settled(page);
      await page.click('.side .ledger .number >> nth=0');
      await opened(page);
      await page.waitForSelector('.verification .outcome:not(.error)');
      await page.keyboard.press('Escape');
    }
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('tell where else in the text a neuron fires, and lead there', async () => {
    const place = { step: 'feedforward', block: 1, neuron: 5 } as const;
    const { page } = await inspectors.open({ text, place });
    const { shape, values } = await engine.activation({ run, name: 'blocks.1.mlp.post' });
    const [positions = 0, hidden = 0] = shape;
    const posts = Array.from({ length: positions }, (_, i) => values[i * hidden + 5] ?? NaN);
    const order = posts
      .map((_, i) => i)
      .sort((a, b) => Math.abs(posts[b] ?? 0) - Math.abs(posts[a] ?? 0));
    const items = await page.$$eval('.fires li', (all) =>
      all.map((item) => [
        Number(item.querySelector('button')?.dataset['position']),
        Number(item.querySelector('.num')?.textContent.replace('−', '-')),
      ]),
    );
    assert.deepEqual(
      items.map(([position]) => position),
      order.slice(0, 5),
    );
    for (const [position = -1, post = NaN] of items)
      assert.ok(Math.abs(post - (posts[position] ?? NaN)) <= 0.000501);
    await page.click('.fires li:first-child button');
    await page.waitForSelector(`.token[data-position="${String(order[0])}"][aria-selected="true"]`);
    await page.context().close();
  });
});

/** The number whose sheet is open, once it was computed. */
async function opened(page: Page): Promise<string> {
  await page.waitForSelector('.verification .both');
  return page.innerText('.verification p code');
}
