/** Narrow panels and narrow columns: what a step is stands first, the chosen pair is in sight, Japanese stands upright. */
import assert from 'node:assert/strict';
import type { ComparedWith } from '../../src/protocol/comparison';
import { uprightClass } from '../../webview/views/uprightLabel';
import { inspectorsFor } from './page';

const compare: ComparedWith = {
  kind: 'text',
  text: 'Once upon a time there was a big dog who lived in a',
  name: undefined,
};

describe('The Inspector in a narrow panel', function () {
  const inspectors = inspectorsFor(this);

  it('says what a step is above its picture where the side stands under it, and beside it else', async () => {
    for (const [width, where] of [
      [600, 'lead first-words'],
      [1290, 'sentence'],
    ] as const) {
      const { page, errors } = await inspectors.open({ width, place: { step: 'embed' } });
      const shown = await page.$$eval('.first-words, .side > .sentence', (all) =>
        all.filter((each) => each.checkVisibility()).map((each) => each.getAttribute('class')),
      );
      assert.deepEqual(shown, [where]);
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });

  it('scrolls the list of compared tokens to the chosen pair', async () => {
    const { page } = await inspectors.open({ width: 320, compare, place: { step: 'tokenize' } });
    await page.waitForFunction(() => {
      const pair = document.querySelector('.pair[aria-selected="true"]')?.getBoundingClientRect();
      const list = document.querySelector('.pair-list')?.getBoundingClientRect();
      return pair && list && pair.left >= list.left && pair.right <= list.right;
    });
    assert.ok(await page.$eval('.pair-list', (list) => list.scrollLeft > 0));
    await page.context().close();
  });
});

describe('A heading over a narrow column', () => {
  it('is turned in Latin, upright in Japanese, and set as it comes where both meet', () => {
    assert.equal(uprightClass(' girl'), undefined);
    assert.equal(uprightClass('お爺さん'), 'wide-script');
    assert.equal(uprightClass('爺 → dog'), 'wide-script mixed-script');
  });
});
