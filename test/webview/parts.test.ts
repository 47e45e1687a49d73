/** The parts of a step explain themselves in three depths, in the side and from the headings of their pictures. */
import assert from 'node:assert/strict';
import { steps } from '../../src/protocol/axes';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the';
/** Parts of each step; those of attention are its seven stages, which stand on the stage. */
const counts = { embed: 5, feedforward: 4, repeat: 3, predict: 5, append: 4 } as const;

describe('The parts of a step', function () {
  const inspectors = inspectorsFor(this);

  it('stand beside a list of the keys, opened by ? and closed by Esc', async () => {
    const { page, errors } = await inspectors.open();
    await page.keyboard.press('?');
    const sheet = page.locator('.sheet[role="dialog"]');
    await sheet.locator('kbd').first().waitFor();
    assert.ok((await sheet.locator('kbd').allInnerTexts()).includes('V'));
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('tell a sentence each, the mechanism when opened, the mathematics with its source in that depth', async () => {
    const { page, errors } = await inspectors.open({
      text,
      place: { depth: 'mathematics' },
      language: 'ja',
    });
    const said = new Set<string>();
    for (const [step, count] of Object.entries(counts)) {
      await page.keyboard.press(String(steps.indexOf(step as keyof typeof counts) + 1));
      await page.waitForSelector(`.stage[data-step="${step}"]`);
      // The side may still be that of the step before.
      await page.waitForSelector(`.parts [data-part^="${step}."]`);
      const names = await page.$$eval('.parts details', (all) =>
        all.map((each) => (each as HTMLElement).dataset['part'] ?? ''),
      );
      assert.equal(names.length, count);
      for (const name of names) {
        const part = `.parts [data-part="${name}"]`;
        await page.click(`${part} summary`);
        await page.waitForSelector(`${part}[open] .mathematics`);
        const texts = await page.$$eval(`${part} :is(summary span, .mechanism)`, (all) =>
          all.map((each) => each.textContent),
        );
        assert.equal(texts.length, 3);
        for (const each of texts) {
          assert.ok(!/part\.|[{}]/.test(each) && each.length > 10, `${name}: ${each}`);
          assert.ok(!said.has(each), `${name} repeats ${each}`);
          said.add(each);
        }
        // The mathematics names where it is from: a year, or a law that has a name.
        assert.match(texts[2] ?? '', /1[89]\d\d|20\d\d|余弦定理|φ/, name);
        assert.equal((await page.$$('.parts [open]')).length, 1);
      }
    }
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('are led to from the heading of their picture, by keyboard too', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'predict', depth: 'sentence' } });
    await page.focus('[data-focus="about-predict.draw"]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-part="predict.draw"][open] summary:focus');
    assert.equal((await page.$$('.parts .mathematics')).length, 0);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-part="predict.draw"]:not([open])');
    await settled(page);
    assert.equal((await page.$$('.parts [open]')).length, 0);
    await page.context().close();
  });
});
