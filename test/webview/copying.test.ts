/** What is copied out of the panel is what the engine computed. */
import assert from 'node:assert/strict';
import type { Page, Request } from 'playwright-core';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor, settled } from './page';
import { patternOf } from './patternOf';

const text = 'Once upon a time there was a little girl who lived in the';
const otherText = 'Once upon a time there was a very old little boy who lived in the';

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

  it('copies and verifies side B of a comparison when the focus is on it', async () => {
    const [block, head] = [1, 2];
    const { page } = await inspectors.open({
      text,
      compare: { kind: 'text', text: otherText, name: undefined },
      place: { step: 'attend', block, head, token: 6 },
    });
    const pattern = await patternOf({ text: otherText, block, head });
    await page.focus('[data-side="b"] .grid');
    await page.keyboard.press('c');
    await page.waitForSelector('[data-focus="side-b"][aria-pressed="true"]');
    const { values } = await copiedJson(page, 'matrix-JSON');
    const length = Math.sqrt(pattern.values.length);
    const rows = Array.from({ length }, (_, q) => [
      ...pattern.values.subarray(q * length, (q + 1) * length),
    ]);
    assert.deepEqual(singles(values), singles(rows));
    assert.ok(await page.$eval('[data-side="b"] .grid', (grid) => grid.matches(':focus')));
    await page.keyboard.press('v');
    await page.waitForSelector('.verification[data-side="b"] .both');
    const name = await page.innerText('.verification p code');
    const [query = 0, key = 0] = name.match(/\d+/g)?.slice(-2).map(Number) ?? [];
    const recorded = (await page.innerText('.both td')).replace('−', '-');
    assert.equal(Number(recorded), rows[query]?.[key]);
    await page.context().close();
  });

  it('offers every array of a step as the engine computed it, and every table as it is written', async () => {
    const { page, errors } = await inspectors.open({ text, place: { step: 'repeat', token: 6 } });
    const engine = await builtinEngine();
    const { run } = await engine.run({ ids: (await engine.tokenize({ text })).ids });
    const lens = await engine.lens({ run, top: 5 });
    await engine.dispose();
    const arrays: Readonly<Record<string, readonly string[]>> = {
      '1': ['surprisalBits'],
      '3': ['embed', 'pos_embed', 'nearest', 'pca.ids', 'pca'],
      '4': ['headStatistics'],
      '5': ['blocks.0.mlp.pre', 'blocks.0.mlp_out'],
      '6': ['lens.entropyBits', 'lens.divergenceBits', 'lens.ids', 'lens.probabilities'],
      '7': ['distribution.probabilities', 'contributions.heads', 'contributions.feedForward'],
      '0': ['blocks.0.attn_out', 'blocks.0.resid_post'],
    };
    for (const [key, names] of Object.entries(arrays)) {
      await page.keyboard.press(key);
      await settled(page);
      for (const name of names) {
        await openOthers(page);
        const { shape, values } = await copiedJson(page, `${name}-JSON`);
        const numbers = (singles(values) as unknown[]).flat(3);
        assert.ok(numbers.length > 0, name);
        assert.equal(
          numbers.length,
          shape.reduce((product, size) => product * size, 1),
          name,
        );
        if (name === 'lens.entropyBits') assert.deepEqual(numbers, [...lens.entropyBits]);
        if (name === 'lens.probabilities') assert.deepEqual(numbers, [...lens.probabilities]);
      }
      await openOthers(page);
      const tables = await page.locator('[data-copy^="table-"][data-copy$="-TSV"]').count();
      // All heads at once are told by a sentence each.
      if (key === '4') await page.keyboard.press('Escape');
      else assert.ok(tables > 0, `step ${key} has no table`);
      for (let table = 0; table < tables; table++) {
        if (table > 0) await openOthers(page);
        const copied = page.waitForRequest((request) => textCopied(request) !== undefined);
        await page.click(`[data-copy="table-${String(table)}-TSV"]`);
        const lines = (textCopied(await copied) ?? '').split('\n');
        assert.ok(
          lines.some((line) => line.includes('\t')),
          `step ${key}, table ${String(table)}`,
        );
      }
    }
    assert.deepEqual(errors, []);
    await page.context().close();
  });
});

async function openOthers(page: Page): Promise<void> {
  await page.focus('#stage');
  await page.keyboard.press('c');
  await page.click('.other-copies summary');
}

interface Copied {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: unknown;
}

/** What a button of the open sheet copies. */
async function copiedJson(page: Page, offer: string): Promise<Copied> {
  const copied = page.waitForRequest((request) => textCopied(request) !== undefined);
  await page.click(`[data-copy="${offer}"]`);
  return JSON.parse(textCopied(await copied) ?? '') as Copied;
}

/** What a message to the host asks it to copy. */
function textCopied(request: Request): string | undefined {
  const message = JSON.parse(request.postData() ?? '{}') as { m?: string; a?: { text: string }[] };
  return message.m === 'copy' ? message.a?.[0]?.text : undefined;
}

/** Numbers at any depth, as float32. */
function singles(values: unknown): unknown {
  return Array.isArray(values) ? values.map(singles) : Math.fround(Number(values));
}
