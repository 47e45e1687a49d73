/** Attention of a long text: small maps of the heads block by block, and nothing of another head while a map is on its way. */
import assert from 'node:assert/strict';
import type { Page, Route } from 'playwright-core';
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
