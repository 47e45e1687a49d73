/** What a model without any weight shows, in every view: zeros, even weights, and no colour of any other number. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { Place } from '../../src/protocol/panelApi';
import { signedRamp } from '../../webview/picture/colour';
import { settled, startInspectors, type Inspectors } from './page';
import { zeroModel } from './zeroModel';
import { assertZeros, numbers, text, tokens, vocabulary } from './zeroNumbers';

const head = { step: 'attend', open: true, block: 2 } as const;
const views: Readonly<Record<string, Partial<Place>>> = {
  'the whole pass': { step: 'overview' },
  'the context': { step: 'context' },
  'the tokens': { step: 'tokenize' },
  'embeddings and their sum': { step: 'embed' },
  'all heads': { step: 'attend' },
  'scores before the scale': { ...head, stage: 0 },
  scores: { ...head, stage: 1 },
  'masked scores': { ...head, stage: 2 },
  'a pattern': { ...head, stage: 3 },
  'a pattern as lines': { ...head, stage: 3, drawn: 'lines' },
  'a pattern by neurons': { ...head, stage: 3, drawn: 'neurons' },
  'what a head mixes': { ...head, stage: 4 },
  'writes of the heads': { ...head, stage: 5 },
  'writes of attention': { ...head, stage: 6 },
  neurons: { step: 'feedforward', block: 1 },
  'the stream through the blocks': { step: 'repeat' },
  'the prediction': { step: 'predict' },
  'the appended token': { step: 'append' },
};

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

  for (const [what, place] of Object.entries(views)) {
    it(`writes and paints no number but those of zeros in ${what}`, async () => {
      const { page, errors } = await inspectors.open({ text, place });
      if (place.step === 'append') {
        await page.keyboard.press('g');
        await page.waitForSelector('.made');
        await settled(page);
      }
      assert.deepEqual(await signedColours(page), []);
      assertZeros(await numbers(page));
      await page.keyboard.press('t');
      await settled(page);
      assertZeros(await numbers(page));
      assert.deepEqual(errors, []);
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

  it('gives every visible key the same weight, in numbers and in colour', async () => {
    const { page } = await inspectors.open({ text, place: { ...head, stage: 3 } });
    const colours = await patternColours(page);
    for (const [query, row] of colours.entries())
      assert.equal(new Set(row.slice(0, query + 1)).size, 1, `query ${query}: ${row.join('; ')}`);
    assert.notEqual(colours[0]?.[0], colours.at(-1)?.[0]);
    await page.keyboard.press('t');
    await page.waitForSelector('main .twin-shown table:not([data-growing])');
    const rows = await page.$$eval('main table.twin tbody tr', (all) =>
      all.map((row) => Array.from(row.querySelectorAll('td'), (cell) => cell.textContent.trim())),
    );
    assert.equal(rows.length, tokens);
    for (const [query, row] of rows.entries()) {
      // Two decimals are shown.
      const share = (1 / (query + 1)).toFixed(2);
      assert.deepEqual(
        row,
        Array.from({ length: tokens }, (_, key) => (key > query ? '—' : share)),
      );
    }
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

describe('The Inspector of the built-in model', function () {
  this.timeout(60_000);

  it('writes other numbers than zeros, and paints them', async function () {
    this.timeout(240_000);
    const inspectors = await startInspectors();
    for (const place of [
      { step: 'embed' },
      { ...head, stage: 1 },
      { step: 'feedforward' },
      { step: 'repeat' },
    ] satisfies Partial<Place>[]) {
      const { page } = await inspectors.open({ text, place });
      assert.notDeepEqual(await signedColours(page), [], place.step);
      const found = await numbers(page);
      assert.throws(() => {
        assertZeros(found);
      }, place.step);
      await page.context().close();
    }
    const { page } = await inspectors.open({ text, place: { ...head, stage: 3 } });
    const last = (await patternColours(page)).at(-1) ?? [];
    assert.ok(new Set(last).size > 1, last.join('; '));
    await inspectors.close();
  });
});

/** Which colours of numbers above or below zero are in the pictures; their scales have all of them. */
async function signedColours(page: Page): Promise<string[]> {
  const [negative = '', zero = '', positive = ''] = await page.evaluate(() =>
    ['--neg', '--zero', '--pos'].map((name) => {
      const style = getComputedStyle(document.body);
      return style.getPropertyValue(name).trim();
    }),
  );
  const ramp = signedRamp(negative, zero, positive);
  const colours = Array.from({ length: ramp.length / 3 }, (_, i) => [
    ...ramp.subarray(3 * i, 3 * i + 3),
  ]);
  const middle = colours[colours.length / 2] ?? [];
  // Two entries on either side of the middle look like it.
  const signed = colours.filter((colour) =>
    colour.some((part, i) => Math.abs(part - (middle[i] ?? NaN)) > 4),
  );
  const seen = new Set(await paintedColours(page));
  return signed.map((colour) => colour.join(' ')).filter((colour) => seen.has(colour));
}

/** All opaque colours of the pictures. */
function paintedColours(page: Page): Promise<string[]> {
  return page.$$eval('canvas:not(.scale canvas)', (all) => {
    const seen = new Set<string>();
    for (const canvas of all as HTMLCanvasElement[]) {
      const { width, height } = canvas;
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      for (let at = 0; at < pixels.length; at += 4)
        if (pixels[at + 3] === 255) seen.add(pixels.slice(at, at + 3).join(' '));
    }
    return [...seen];
  });
}

/** The colour of each cell of the open head's grid, beside its digits. */
function patternColours(page: Page): Promise<string[][]> {
  return page.$eval(
    '.matrix .grid canvas',
    (canvas, side) => {
      const { width } = canvas as HTMLCanvasElement;
      const context = (canvas as HTMLCanvasElement).getContext('2d');
      const cell = width / side;
      const colourAt = (row: number, column: number): string =>
        [
          ...(context?.getImageData((column + 0.5) * cell, (row + 0.15) * cell, 1, 1).data ?? []),
        ].join(' ');
      return Array.from({ length: side }, (_, row) =>
        Array.from({ length: side }, (_, column) => colourAt(row, column)),
      );
    },
    tokens,
  );
}
