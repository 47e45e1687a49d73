/** Branches of a generation in the panel: kept, opened again, compared and dropped. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the';

describe('Branches in the Inspector', function () {
  const inspectors = inspectorsFor(this);

  it('are kept, opened, compared and dropped, each with the tokens that were generated', async () => {
    const { page, errors } = await inspectors.open({ text, place: { step: 'append' } });
    assert.equal(await page.$eval('[data-focus="keep-branch"]', isDisabled), true);
    for (const length of [1, 2, 3]) {
      await page.keyboard.press('g');
      await hasLine(page, length);
    }
    await page.waitForSelector('.line-table');
    await settled(page);
    const line = await page.$$eval('.line-table tbody .chip', (all) =>
      all.map(({ textContent }) => textContent.trim()),
    );
    const ids = await page.$$eval('.strip .token .id', (all) =>
      all.map(({ textContent }) => Number(textContent)),
    );
    await page.click('[data-focus="keep-branch"]');
    await page.waitForSelector('.branches li');
    const kept = await page.$$eval('.branches li .chip', (all) =>
      all.map(({ textContent }) => textContent.trim()),
    );
    assert.deepEqual(kept, line);
    const engine = await builtinEngine();
    const { surprisalBits } = await engine.run({ ids: Int32Array.from(ids) });
    await engine.dispose();
    const bits = surprisalBits.slice(-3).reduce((sum, each) => sum + each, 0);
    const says = await page.innerText('.branches li .dim');
    // One decimal is shown.
    assert.ok(says.includes(`${bits.toFixed(1)} bits`), `${says} for ${String(bits)}`);
    for (const length of [2, 1, 0]) {
      await page.keyboard.press('b');
      await hasLine(page, length);
    }
    await press(page, 'open');
    await hasLine(page, 3);
    // Pressed faster than the panel hears of it; nothing is waited for between the presses.
    await Promise.all([1, 2, 3].map(() => page.keyboard.press('b')));
    await hasLine(page, 0);
    await page.keyboard.press('ArrowRight');
    await hasLine(page, 1);
    await page.keyboard.press('ArrowRight');
    await hasLine(page, 2);
    await press(page, 'compare');
    await page.waitForSelector('.compare-bar');
    assert.match(await page.innerText('.compare-bar dl'), /kept/);
    await page.waitForSelector('.pair.inserted');
    assert.equal((await page.$$('.pair.inserted')).length, 1);
    assert.equal((await page.$$('.pair.same')).length, 16);
    await page.click('[data-focus="compare-end"]');
    await page.waitForSelector('.branches li');
    await press(page, 'drop');
    await page.waitForSelector('.branches', { state: 'detached' });
    assert.deepEqual(errors, []);
    await page.context().close();
  });
});

/** Waits until so many generated tokens stand behind the prompt's 14. */
async function hasLine(page: Page, length: number): Promise<void> {
  await page.waitForFunction(
    (tokens) => document.querySelectorAll('.strip .token').length === tokens,
    14 + length,
  );
}

function press(page: Page, what: 'open' | 'compare' | 'drop'): Promise<void> {
  return page.click(`.branches [data-focus$="-${what}"]`);
}

function isDisabled(button: Element): boolean {
  return (button as HTMLButtonElement).disabled;
}
