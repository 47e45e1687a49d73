/** A saved picture holds the numbers of the run, not pixels that look like them. */
import assert from 'node:assert/strict';
import type { Page, Request } from 'playwright-core';
import { inspectorsFor, settled, type Look } from './page';
import { patternOf } from './patternOf';

const text = 'Once upon a time there was a little girl who lived in the';

describe('Saving a picture of the Inspector', function () {
  const inspectors = inspectorsFor(this);

  async function open(place: Look): Promise<Page> {
    return (await inspectors.open(place)).page;
  }

  it('writes each weight of an open head as the title of its cell, and where it comes from', async () => {
    const [block, head] = [2, 1];
    const place = { step: 'attend', open: true, stage: 3, block, head } as const;
    const page = await open({ text, place });
    const svg = await saved(page, 'svg');
    const cells = await page.evaluate((source) => {
      const parsed = new DOMParser().parseFromString(source, 'image/svg+xml');
      if (parsed.querySelector('parsererror')) throw new Error('not XML');
      return [...parsed.querySelectorAll('rect > title')].map((title) => title.textContent);
    }, svg);
    const pattern = await patternOf({ text, block, head });
    assert.equal(cells.length, (14 * 15) / 2);
    for (const cell of cells) {
      const [, query, key, value] = /^\[(\d+), (\d+)\] = (.+)$/.exec(cell) ?? [];
      const expected = pattern.values[Number(query) * 14 + Number(key)];
      assert.equal(Math.fround(Number(value)), expected, cell);
    }
    assert.match(svg, /blocks\.2\.attn\.pattern\[1\]/);
    assert.match(svg, /SHA-256 of the text [0-9a-f]{16}…/);
    await page.context().close();
  });

  it('draws a PNG of twice the size', async () => {
    const page = await open({ text, place: { step: 'repeat' }, language: 'ja', theme: 'light' });
    const png = Buffer.from(await saved(page, 'png'), 'base64');
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
    const width = await page.$eval('#stage', (stage) => stage.scrollWidth);
    assert.equal(png.readUInt32BE(16), 2 * (width + 24));
    await page.context().close();
  });
});

/** What the panel hands its host to save. */
async function saved(page: Page, format: 'svg' | 'png'): Promise<string> {
  await settled(page);
  await page.keyboard.press('s');
  const request = page.waitForRequest((sent) => dataIn(sent) !== undefined);
  await page.click(`[data-picture="${format}"]`);
  return dataIn(await request) ?? '';
}

function dataIn(request: Request): string | undefined {
  const message = JSON.parse(request.postData() ?? '{}') as { m?: string; a?: { data: string }[] };
  return message.m === 'savePicture' ? message.a?.[0]?.data : undefined;
}
