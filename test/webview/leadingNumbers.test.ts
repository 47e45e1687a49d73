/** Whatever number leads somewhere leads to itself: its sheet tells the same number, made of others, in every step. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ComparedWith } from '../../src/protocol/comparison';
import type { Place } from '../../src/protocol/panelApi';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the';
const otherText = 'Once upon a time there was a very old little boy who lived in the';
const compare: ComparedWith = { kind: 'text', text: otherText, name: undefined };

const head = { step: 'attend', open: true, block: 1, head: 2, token: 6 } as const;
const mathematics = { depth: 'mathematics' } as const;

/** Places whose numbers are pressed, and how many kinds of them there must be at least. */
const places: readonly (readonly [Partial<Place>, kinds: number])[] = [
  [{ table: true }, 2],
  [{ step: 'embed', token: 6, table: true }, 8],
  [{ step: 'attend', block: 1, head: 2 }, 4],
  [{ ...head, stage: 1, drawn: 'neurons' }, 5],
  [{ ...head, stage: 3, drawn: 'lines' }, 6],
  [{ ...head, stage: 3, measure: 'contributions', over: 'block', table: true }, 4],
  [{ ...head, stage: 4, ...mathematics }, 6],
  [{ step: 'feedforward', block: 2, token: 6, ...mathematics }, 5],
  [{ step: 'repeat', block: 1, token: 6, ...mathematics }, 7],
  [{ step: 'predict' }, 9],
];

const compared: readonly (readonly [Partial<Place>, kinds: number])[] = [
  [{ step: 'embed', token: 9 }, 5],
  [{ step: 'attend', block: 1, head: 2, token: 9, table: true }, 2],
  [{ step: 'repeat', block: 1, token: 9 }, 4],
  [{ step: 'predict', token: 9 }, 4],
  [{ step: 'append', token: 9 }, 1],
];

describe('A number that leads somewhere', function () {
  const inspectors = inspectorsFor(this);

  it('is told again by its sheet, in every step', async function () {
    this.timeout(120_000);
    for (const [place, kinds] of places) {
      const { page, errors } = await inspectors.open({ text, place });
      await everyKind(page, JSON.stringify(place), kinds);
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });

  it('is told again of generated tokens, and of settings that cut', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'append' } });
    for (const count of [1, 2]) {
      await page.keyboard.press('g');
      await page.waitForSelector(`.line-table tbody tr:nth-child(${String(count)})`);
    }
    await everyKind(page, 'append', 1);
    await page.click('.line-table tbody tr:nth-child(2) .number >> nth=0');
    await page.waitForSelector('.verification .facts .number');
    assert.equal((await page.$$('.verification .facts .number')).length, 3);
    await page.click('.verification .facts .number >> nth=1');
    await page.waitForSelector('.verification .ledger tr.result');
    await page.context().close();
  });

  it('is told again of either side of a comparison, and of what lies between them', async function () {
    this.timeout(120_000);
    for (const [place, kinds] of compared) {
      const { page, errors } = await inspectors.open({ text, compare, place });
      await page.waitForSelector('.compare-bar ~ .pair-list');
      await settled(page);
      await everyKind(page, JSON.stringify(place), kinds);
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });
});

/** Opens the first number of each kind that is on screen, and looks for it in its sheet. */
async function everyKind(page: Page, where: string, atLeast: number): Promise<void> {
  await page.waitForFunction((least) => {
    const names = [...document.querySelectorAll<HTMLElement>('[data-number]')]
      .filter((each) => each.offsetParent !== null)
      .map((each) => each.dataset['number']?.replaceAll(/\d+/g, '#'));
    return new Set(names).size >= least;
  }, atLeast);
  await settled(page);
  const names = await page.$$eval('[data-number]', (all) =>
    all
      .filter((each) => (each as HTMLElement).offsetParent !== null)
      .map((each) => (each as HTMLElement).dataset['number'] ?? ''),
  );
  const kinds = new Map(names.toReversed().map((name) => [name.replaceAll(/\d+/g, '#'), name]));
  for (const name of kinds.values()) {
    const button = page.locator(`[data-number="${name}"]:visible`).first();
    const shown = await button.innerText();
    await button.dispatchEvent('click');
    await page
      .waitForSelector('.verification :is(.both, .ledger)', { timeout: 20_000 })
      .catch(() => {
        assert.fail(`${where}: nothing comes of ${name}`);
      });
    assert.equal(await page.innerText('.verification p code'), name, where);
    assert.equal((await page.$$('.verification .error')).length, 0, `${where}: ${name}`);
    const sheet = (await page.locator(cells).allInnerTexts()).join('\n');
    assert.ok(isTold(shown, sheet), `${where}: ${name} is ${shown} and not in: ${sheet}`);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.verification', { state: 'detached' });
  }
}

/** Where a sheet tells numbers; its name has some too. */
const cells = '.verification :is(.both td, .ledger td, .ledger dd, .facts dd, .what)';

/** Whether a sheet has a number that rounds to the one that is shown; per cent may be told as a share. */
function isTold(shown: string, sheet: string): boolean {
  const wanted = numbersIn(shown).at(-1);
  // What is cut is written as a dash, and its chance before the cut is what its sheet tells.
  if (wanted === undefined) return shown.trim() === '—';
  return numbersIn(sheet).some(({ value, unit }) => {
    const told = wanted.value * (shown.includes('%') ? 0.01 : 1);
    const found = value * (sheet.includes('%') && shown.includes('%') ? 0.01 : 1);
    // Both are rounded to the digits that they are written with.
    const room = 0.5 * (wanted.unit * (shown.includes('%') ? 0.01 : 1)) + 0.5 * unit + 1e-12;
    return Math.abs(told - found) <= room || Math.abs(told - value) <= room;
  });
}

/** Numbers of a text with the worth of their last digit. */
function numbersIn(of: string): { readonly value: number; readonly unit: number }[] {
  return [...of.replaceAll('−', '-').matchAll(/-?(?:\d[\d,]*)?\.?\d+(?:e-?\d+)?/g)].map(
    ([found]) => {
      const [, decimals = ''] = /\.(\d+)/.exec(found) ?? [];
      const exponent = Number(/e(-?\d+)/.exec(found)?.[1] ?? 0);
      return { value: Number(found.replaceAll(',', '')), unit: 10 ** (exponent - decimals.length) };
    },
  );
}
