/** Attention of a long text: small maps of the heads block by block, and nothing of another head while a map is on its way. */
import assert from 'node:assert/strict';
import type { Page, Route } from 'playwright-core';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor } from './page';

/** Longer than what maps are pulled whole for: 16 heads × 240² numbers. */
const text = 'Once upon a time there was a little girl who lived in the woods. '.repeat(16);
const [layers, heads] = [4, 4];

/** Reads of the page that wait until the test lets them through. */
interface Held {
  release(): Promise<void>;
}

/** Holds back the reads whose message has all of the words. */
async function hold(page: Page, ...words: readonly string[]): Promise<Held> {
  const waiting: Route[] = [];
  let isOpen = false;
  const isHeld = (body: string): boolean => !isOpen && words.every((word) => body.includes(word));
  await page.route('**/message', async (route) => {
    if (isHeld(route.request().postData() ?? '')) waiting.push(route);
    else await route.fallback();
  });
  return {
    release: async () => {
      isOpen = true;
      for (const route of waiting.splice(0)) await route.continue();
    },
  };
}

const drawnThumbs = (page: Page): Promise<number> =>
  page.$$eval('.headcell .thumb canvas:not([data-waiting])', (all) => all.length);

describe('The Inspector of a long text', function () {
  const inspectors = inspectorsFor(this);

  it('draws the heads block by block, and stops and goes on when it is told to', async () => {
    const { page, errors } = await inspectors.open({ text, place: { step: 'embed' } });
    const held = await hold(page, '"smallMaps"', '"block":1');
    await page.keyboard.press('4');
    await page.waitForFunction(
      (count) =>
        document.querySelectorAll('.headcell .thumb canvas:not([data-waiting])').length === count,
      heads + 1,
    );
    assert.match(await page.innerText('.map-reading'), /1 of 4/);
    const button = page.locator('.map-reading button');
    await button.click();
    await page.waitForFunction(
      () => document.querySelector('.map-reading button')?.textContent.trim() === 'Go on',
    );
    await held.release();
    assert.equal(await drawnThumbs(page), heads + 1);
    await button.click();
    await page.waitForSelector('.map-reading', { state: 'detached' });
    await page.waitForFunction(
      (count) =>
        document.querySelectorAll('.headcell .thumb canvas:not([data-waiting])').length === count,
      layers * (heads + 1) + 1,
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('asks for what heads do when their maps are drawn, so that the first block waits for nothing else', async () => {
    const { page, errors } = await inspectors.open({ text, place: { step: 'embed' } });
    const asked: string[] = [];
    page.on('request', (request) => {
      const body = request.postData() ?? '';
      if (body.includes('"headStatistics"')) asked.push(body);
    });
    const first = await hold(page, '"smallMaps"', '"block":0');
    const second = await hold(page, '"smallMaps"', '"block":1');
    await page.keyboard.press('4');
    await page.waitForSelector('.map-reading');
    assert.deepEqual(asked, []);
    await first.release();
    // Described while the second block is still to come.
    await page.waitForFunction(
      (count) =>
        [...document.querySelectorAll('.headcell:not(.together) .sr')].filter(({ textContent }) =>
          textContent.includes('entropy'),
        ).length === count,
      heads,
    );
    await page.waitForFunction(
      (count) =>
        document.querySelectorAll('.headcell .thumb canvas:not([data-waiting])').length === count,
      heads + 1,
    );
    assert.equal(asked.length, 1);
    assert.match(asked.join(), /"block":0/);
    await second.release();
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('fetches a neuron at all positions by itself, with the numbers that the engine has', async () => {
    const place = { step: 'feedforward', block: 1, neuron: 77 } as const;
    const { page, errors } = await inspectors.open({ text, place });
    await page.waitForSelector('.fires li');
    const told = await page.$$eval('.fires li', (all) =>
      all.map((each) => ({
        position: Number(each.querySelector('button')?.dataset['position']),
        value: Number(each.querySelector('.num')?.textContent.replace('−', '-')),
      })),
    );
    const engine = await builtinEngine();
    const { ids } = await engine.tokenize({ text });
    const { run } = await engine.run({ ids });
    const { shape, values } = await engine.activation({ run, name: 'blocks.1.mlp.post' });
    await engine.dispose();
    const column = Array.from({ length: shape[0] ?? 0 }, (_, row) => values[row * 512 + 77] ?? NaN);
    const strongest = column
      .map((value, position) => ({ value, position }))
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    assert.equal(told.length, 5);
    for (const [index, { position, value }] of told.entries()) {
      // Three decimals are shown; one in a thousand may stand in for rounding where two are alike.
      assert.ok(Math.abs(value - (column[position] ?? NaN)) <= 0.00051, `${value} at ${position}`);
      assert.ok(Math.abs(value - (strongest[index]?.value ?? NaN)) <= 0.00051);
    }
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('draws a long table in slices, to its last row', async () => {
    const { page, errors } = await inspectors.open({ text, place: { step: 'embed', table: true } });
    await page.waitForSelector('.twin-shown table:not([data-growing])');
    const rows = await page.$$eval('.twin-shown tbody tr', (all) =>
      all.map((row) => row.querySelector('th')?.textContent.trim()),
    );
    assert.deepEqual(
      rows.slice(0, 128),
      Array.from({ length: 128 }, (_, channel) => String(channel)),
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('shows no map and no number of the head before while the next one’s are on their way', async () => {
    const place = { step: 'attend', open: true, block: 0, head: 0, stage: 3 } as const;
    const { page, errors } = await inspectors.open({ text, place });
    await page.waitForSelector('.grid canvas:not([data-waiting])');
    await page.waitForSelector('.operands .ledger');
    const held = await hold(page, '"activation"', 'blocks.1.');
    await page.keyboard.press(']');
    await page.waitForFunction(
      () => document.querySelector('.where')?.textContent.includes('1') === true,
    );
    assert.equal(await page.locator('.grid').count(), 0);
    assert.equal(await page.locator('.operands .ledger').count(), 0);
    await held.release();
    await page.waitForSelector('.grid canvas:not([data-waiting])');
    await page.waitForSelector('.operands .ledger');
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('tells that a map is being computed, and goes back to the weights when that is ended', async () => {
    const place = { step: 'attend', open: true, block: 0, head: 0, stage: 3 } as const;
    const { page, errors } = await inspectors.open({ text, place });
    const held = await hold(page, '"attentionMap"');
    await page.locator('.choice button', { hasText: 'Contribution' }).click();
    assert.match(await page.innerText('.map-reading'), /computed: 0 %/);
    assert.equal(await page.locator('.grid').count(), 0);
    await page.locator('.map-reading button').click();
    await page.waitForSelector('.grid canvas:not([data-waiting])');
    await held.release();
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('tints the tokens that come into view, and leaves none with a tint of before', async () => {
    const place = { step: 'attend', open: true, block: 0, head: 0, stage: 3, token: -1 } as const;
    const { page, errors } = await inspectors.open({ text, place, width: 700 });
    await page.waitForSelector('.grid canvas:not([data-waiting])');
    // The strip stands at its end; its beginning is out of view.
    await page.waitForFunction(() => {
      const pieces = [...document.querySelectorAll('.piece-of-strip')];
      return (
        pieces.length === 4 &&
        pieces.filter((piece) => piece.hasAttribute('data-untinted')).length > 0
      );
    });
    await page.$eval('.strip', (strip) => {
      strip.scrollLeft = 0;
    });
    await page.waitForSelector('.piece-of-strip:first-of-type:not([data-untinted])');
    const tints = await page.$$eval('.piece-of-strip:first-of-type .token', (tokens) =>
      tokens.map((token) =>
        Number.parseInt((token as HTMLElement).style.getPropertyValue('--tint') || '0'),
      ),
    );
    assert.ok(
      tints.some((tint) => tint > 0),
      'no token of the first piece is tinted',
    );
    assert.deepEqual(errors, []);
    await page.context().close();
  });
});
