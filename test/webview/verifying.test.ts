/** "Verify this number" shows what the engine recorded and what it is when it is computed again. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { inspectorsFor } from './page';
import { patternOf } from './patternOf';

const text = 'Once upon a time there was a little girl who lived in the';

describe('Verify this number in the Inspector', function () {
  const inspectors = inspectorsFor(this);

  it('shows the locked weight with all digits, beside the one computed in float64', async () => {
    const [block, head] = [2, 1];
    const place = { step: 'attend', open: true, stage: 3, block, head, cell: [6, 3] } as const;
    const { page, errors } = await inspectors.open({ text, place });
    const pattern = await patternOf({ text, block, head });
    await page.focus('.grid');
    await page.keyboard.press('v');
    const { name, recorded, recomputed } = await shown(page);
    assert.equal(name, 'blocks.2.attn.pattern[1, 6, 3]');
    assert.equal(recorded, pattern.values[6 * 14 + 3]);
    // One softmax in float32; the last digits tell the two apart.
    assert.ok(Math.abs(recorded - recomputed) < 1e-6, `${recorded} against ${recomputed}`);
    assert.notEqual(recorded, recomputed);
    assert.match(await page.innerText('.verification'), /blocks\.2\.attn\.scores\[1, 6, :\]/);
    await page.keyboard.press('Escape');
    assert.equal((await page.$$('.verification')).length, 0);
    assert.ok(await page.$eval('.grid', (grid) => grid.matches(':focus')), 'focus is lost');
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('takes the number whose operands are shown when the button is pressed', async () => {
    const expected = {
      embed: /^blocks\.0\.resid_pre\[13, 0\]$/,
      feedforward: /^blocks\.0\.mlp\.post\[13, \d+\]$/,
      predict: /^logits\[13, \d+\]$/,
      repeat: /^blocks\.0\.resid_post\[13, 0\]$/,
    } as const;
    for (const [step, name] of Object.entries(expected)) {
      const place = { step: step as keyof typeof expected };
      const { page, errors } = await inspectors.open({ text, place, language: 'ja' });
      await page.click('.side .verify');
      const found = await shown(page);
      assert.match(found.name, name);
      assert.ok(Math.abs(found.recorded - found.recomputed) <= 1e-4, step);
      if (step === 'predict')
        assert.equal(await page.locator('.verification .ledger tbody tr').count(), 9);
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });

  it('says what to do where no single number is pointed at', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'tokenize' } });
    await page.keyboard.press('v');
    assert.match(await page.innerText('.verification'), /Point at a number first/);
    await page.context().close();
  });
});

async function shown(page: Page): Promise<{ name: string; recorded: number; recomputed: number }> {
  const values = page.locator('.verification .both td');
  await values.nth(1).waitFor();
  const number = async (row: number): Promise<number> =>
    Number((await values.nth(row).innerText()).replace('−', '-').replace('e−', 'e-'));
  return {
    name: await page.innerText('.verification p code'),
    recorded: await number(0),
    recomputed: await number(1),
  };
}
