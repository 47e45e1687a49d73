/** What is copied out of the panel is what the engine computed. */
import assert from 'node:assert/strict';
import type { Request } from 'playwright-core';
import { inspectorsFor } from './page';
import { patternOf } from './patternOf';

const text = 'Once upon a time there was a little girl who lived in the';

describe('Copying from the Inspector', function () {
  const inspectors = inspectorsFor(this);

  it('copies the locked cell, its row and the whole pattern as the engine computed them', async () => {
    const [block, head] = [2, 1];
    const place = { step: 'attend', open: true, stage: 3, block, head, cell: [6, 3] } as const;
    const { page } = await inspectors.open({ text, place });
    const pattern = await patternOf({ text, block, head });
    const rows = Array.from({ length: 14 }, (_, q) => [
      ...pattern.values.subarray(q * 14, q * 14 + 14),
    ]);
    const expected = { value: rows[6]?.[3], vector: rows[6], matrix: rows };
    await page.focus('.grid');
    for (const [extent, values] of Object.entries(expected)) {
      await page.keyboard.press('c');
      const copied = page.waitForRequest((request) => textCopied(request) !== undefined);
      await page.click(`[data-copy="${extent}-JSON"]`);
      const { name, values: found } = JSON.parse(textCopied(await copied) ?? '') as {
        name: string;
        values: unknown;
      };
      assert.match(name, /^blocks\.2\.attn\.pattern\[1/);
      assert.deepEqual(singles(found), singles(values));
      assert.ok(await page.$eval('.grid', (grid) => grid.matches(':focus')), 'focus is lost');
    }
    await page.click('button.copy');
    const saved = page.waitForRequest(
      (request) => request.postData()?.includes('"saveTrace"') === true,
    );
    await page.click('[data-copy="trace"]');
    await saved;
    await page.click('button.copy');
    await page.keyboard.press('Escape');
    assert.equal((await page.$$('.copies')).length, 0);
    assert.equal((await page.$$('.lock')).length, 1);
    await page.context().close();
  });
});

/** What a message to the host asks it to copy. */
function textCopied(request: Request): string | undefined {
  const message = JSON.parse(request.postData() ?? '{}') as { m?: string; a?: { text: string }[] };
  return message.m === 'copy' ? message.a?.[0]?.text : undefined;
}

/** Numbers at any depth, as float32. */
function singles(values: unknown): unknown {
  return Array.isArray(values) ? values.map(singles) : Math.fround(Number(values));
}
