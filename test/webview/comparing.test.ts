/** Two runs side by side in the panel: every number of A, of B and of B − A is the one that an engine of its own computes. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Engine } from '../../src/engine/engine';
import type { ComparedWith } from '../../src/protocol/comparison';
import { steps } from '../../src/protocol/axes';
import type { ModelLocation } from '../../src/protocol/models';
import { builtinEngine } from '../support/builtinEngine';
import { violations } from './axe';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl';
const otherText = 'Once upon a time there was a big old girl';
const compare: ComparedWith = { kind: 'text', text: otherText, name: undefined };
const sampling = { temperature: 0.8, topK: 40, topP: 1, seed: 7 };

describe('A comparison in the Inspector', function () {
  const inspectors = inspectorsFor(this);

  it('aligns the tokens of two texts and says which are in one alone', async () => {
    const { page, errors } = await inspectors.open({
      text,
      compare,
      place: { step: 'tokenize', token: 0 },
    });
    const kinds = await page.$$eval('.pair', (pairs) =>
      pairs.map((pair) => pair.getAttribute('class')),
    );
    const rows = await page.$$eval('.compared-table tbody tr', (all) =>
      all.map((row) => [...row.querySelectorAll('td.num')].map((cell) => cell.textContent.trim())),
    );
    const [a, b] = [await run(text), await run(otherText)];
    assert.deepEqual(
      rows.flatMap(([id]) => (id === '' ? [] : [Number(id)])),
      [...a.ids],
    );
    assert.deepEqual(
      rows.flatMap(([, id]) => (id === '' ? [] : [Number(id)])),
      [...b.ids],
    );
    assert.equal(
      kinds.filter((kind) => kind === 'pair inserted').length,
      b.ids.length - a.ids.length,
    );
    assert.deepEqual(errors, []);
  });

  it('shows both vectors and their difference as they are computed, in the feed-forward step too', async () => {
    for (const [step, name] of [
      ['embed', 'blocks.0.resid_pre'],
      ['feedforward', 'blocks.2.mlp.post'],
      ['repeat', 'blocks.2.resid_post'],
    ] as const) {
      const { page } = await inspectors.open({
        text,
        compare,
        place: { step, block: 2, token: -1 },
      });
      const shown = await tableUnder(page, name);
      const a = await activation(text, name);
      const b = await activation(otherText, name);
      assert.equal(shown.length, 8);
      for (const [index = 0, ...numbers] of shown) {
        const [was, is] = [a.at(-1)?.[index] ?? NaN, b.at(-1)?.[index] ?? NaN];
        assertShown(numbers, [was, is, is - was], `${name} ${String(index)}`);
      }
      const largest = Math.max(
        ...(b.at(-1) ?? []).map((x, i) => Math.abs(x - (a.at(-1)?.[i] ?? NaN))),
      );
      assert.ok(Math.abs(Math.abs(shown[0]?.[3] ?? NaN) - largest) <= 0.0006);
    }
  });

  it('shows the weight of a pair of tokens in both runs', async () => {
    const place = { step: 'attend', block: 1, head: 2, token: 3 } as const;
    const { page } = await inspectors.open({ text, compare, place: { ...place, table: true } });
    const name = 'blocks.1.attn.pattern';
    const [a, b] = [await activation(text, name, [2]), await activation(otherText, name, [2])];
    // Both texts begin alike, so that the first tokens are paired with those of the same place.
    const cells = await page.$$eval('.twin caption', (captions) => {
      const table = captions
        .find(({ textContent }) => textContent.includes('B − A'))
        ?.closest('table');
      return [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
        [...row.querySelectorAll('td')].map((cell) => cell.textContent.trim()),
      );
    });
    const last = a.length - 1;
    const query = cells.length - 1;
    for (let key = 0; key < 5; key++) {
      const moved = (b.at(-1)?.[key] ?? NaN) - (a[last]?.[key] ?? NaN);
      const text = (cells[query]?.[key] ?? '').replace('−', '-');
      assert.ok(
        Math.abs(Number(text) - moved) <= 0.0005001,
        `key ${String(key)}: ${text}, ${String(moved)}`,
      );
    }
  });

  it('shows the probabilities of both sides, and no divergence from itself', async () => {
    const { page } = await inspectors.open({ text, compare, place: { step: 'predict' } });
    await page.waitForSelector('.probabilities');
    const [a, b] = [await distribution(text), await distribution(otherText)];
    const first = await page.$eval('.probabilities tbody tr', (row) =>
      [...row.querySelectorAll('td')].map((cell) =>
        Number.parseFloat(cell.textContent.replace('−', '-')),
      ),
    );
    const best = Math.max(...a.kept, ...b.kept) * 100;
    assert.ok(Math.abs(Math.max(first[0] ?? NaN, first[1] ?? NaN) - best) <= 0.06, first.join());
    assert.ok(Math.abs((first[1] ?? NaN) - (first[0] ?? NaN) - (first[2] ?? NaN)) <= 0.12);
    const divergence = (opened: Page) =>
      opened.$eval('[data-measure="divergence"]', (cell) => Number.parseFloat(cell.textContent));
    assert.ok((await divergence(page)) > 0);
    const same = await inspectors.open({
      text,
      compare: { kind: 'unedited' },
      place: { step: 'predict' },
    });
    await same.page.waitForSelector('[data-measure="divergence"]');
    assert.equal(await divergence(same.page), 0);
  });

  it('compares other settings: the cut of B is its own', async () => {
    const { page } = await inspectors.open({
      text,
      compare: { kind: 'settings', sampling: { ...sampling, topK: 3 } },
      place: { step: 'predict' },
    });
    await page.waitForSelector('.probabilities');
    const kept = () =>
      page.$$eval('.compared-table tbody tr', (rows) =>
        rows.flatMap((row) => {
          const cells = [...row.querySelectorAll('td.num')].map((cell) => cell.textContent.trim());
          return row.querySelector('th')?.textContent.includes('kept') === true ? [cells] : [];
        }),
      );
    assert.deepEqual(await kept(), [['40', '3', '−37']]);
    await page.fill('[data-focus="other-topK"]', '5');
    await page.keyboard.press('Tab');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.compared-table td')].some(
        ({ textContent }) => textContent === '−35',
      ),
    );
    assert.deepEqual(await kept(), [['40', '5', '−35']]);
  });

  it('compares another model, whose vectors have another length', async () => {
    const location: ModelLocation = { kind: 'builtin', model: 'tiny' };
    const { page, errors } = await inspectors.open({
      text: 'helo',
      compare: { kind: 'model', location },
      place: { step: 'attend', block: 0, head: 0 },
    });
    await page.waitForSelector('[data-measure="weight-b"]');
    const shown = await page.$eval('[data-measure="weight-b"]', (cell) => cell.textContent);
    assert.match(shown.trim(), /^(\d\.\d{4}|—)$/);
    await page.keyboard.press('3');
    await page.waitForSelector('.stage[data-step="embed"] .compared-vectors');
    await settled(page);
    assert.equal(await page.$$eval('.compared-table', (all) => all.length), 0);
    assert.deepEqual(errors, []);
  });

  it('goes to tokens that are in B alone, by key and by click', async () => {
    const { page } = await inspectors.open({ text, compare, place: { step: 'embed', token: 7 } });
    const inserted = await page.$$eval('.pair', (pairs) =>
      pairs.findIndex((pair) => pair.matches('.inserted')),
    );
    const selected = () =>
      page.$$eval('.pair', (pairs) =>
        pairs.findIndex((pair) => pair.getAttribute('aria-selected') === 'true'),
      );
    await page.click(`[data-focus="pair-${String(inserted)}"]`);
    assert.equal(await selected(), inserted);
    await page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
    });
    await page.keyboard.press('ArrowRight');
    assert.equal(await selected(), inserted + 1);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await selected(), inserted);
  });

  it('runs another text of B, and ends where the person ends it', async () => {
    const { page } = await inspectors.open({ text, compare, place: { step: 'tokenize' } });
    await page.fill('.other-text textarea', text);
    await page.keyboard.press('Control+Enter');
    await page.waitForFunction(() => {
      const pairs = [...document.querySelectorAll('.pair')];
      return pairs.length > 0 && pairs.every((pair) => pair.matches('.same'));
    });
    await page.click('[data-focus="compare-end"]');
    await page.waitForSelector('.compare-bar', { state: 'detached' });
    await page.waitForSelector('.stage[data-step="tokenize"] h1');
  });

  it('has nothing that axe finds, in any step, theme or language', async function () {
    this.timeout(240_000);
    for (const [theme, language] of [
      ['dark', 'en'],
      ['light', 'ja'],
      ['hc-light', 'en'],
    ] as const) {
      const { page, errors } = await inspectors.open({ text, compare, theme, language });
      for (const step of ['0', ...steps.map((_, index) => String(index + 1))]) {
        await page.keyboard.press(step);
        await settled(page);
        // Other themes differ in their colours alone.
        const rules = theme === 'dark' ? undefined : ['color-contrast'];
        assert.deepEqual(await violations(page, rules), [], `${step} ${theme}`);
      }
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });

  it('fits 320 pixels without scrolling the page sideways, and shows in the overview where the runs differ', async () => {
    const { page } = await inspectors.open({ text, compare, width: 320 });
    await page.waitForSelector('.stage .grid');
    for (const step of ['0', '4', '7']) {
      await page.keyboard.press(step);
      await settled(page);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      assert.ok(wider <= 0, `${step} is ${wider} pixels too wide`);
    }
    await page.context().close();
  });
});

async function withEngine<Value>(work: (engine: Engine) => Promise<Value>): Promise<Value> {
  const engine = await builtinEngine();
  try {
    return await work(engine);
  } finally {
    await engine.dispose();
  }
}

function run(of: string) {
  return withEngine(async (engine) => {
    const { ids } = await engine.tokenize({ text: of });
    return engine.run({ ids });
  });
}

/** Rows of an activation. */
function activation(of: string, name: string, index: readonly number[] = []): Promise<number[][]> {
  return withEngine(async (engine) => {
    const { ids } = await engine.tokenize({ text: of });
    const { run: id } = await engine.run({ ids });
    const { shape, values } = await engine.activation({ run: id, name, index });
    const width = shape.at(-1) ?? 1;
    return Array.from({ length: values.length / width }, (_, row) => [
      ...values.subarray(row * width, (row + 1) * width),
    ]);
  });
}

function distribution(of: string) {
  return withEngine(async (engine) => {
    const { ids } = await engine.tokenize({ text: of });
    const { run: id } = await engine.run({ ids });
    return engine.distribution({ run: id, sampling, step: 0, rows: 20 });
  });
}

/** Index, A, B, B − A of each row of the table under a heading. */
async function tableUnder(page: Page, heading: string): Promise<number[][]> {
  await page.waitForSelector('.compared-vectors .compared-table');
  return page.$$eval(
    '.compared-vectors',
    (sections, wanted) => {
      const section = sections.find(
        (each) => each.querySelector('h2')?.textContent.trim() === wanted,
      );
      return [...(section?.querySelectorAll('.compared-table tbody tr') ?? [])].map((row) =>
        [...row.querySelectorAll('th, td')].map((cell) =>
          Number(cell.textContent.trim().replace('−', '-')),
        ),
      );
    },
    heading,
  );
}

/** Three decimals are shown. */
function assertShown(shown: readonly number[], expected: readonly number[], where: string): void {
  expected.forEach((value, i) => {
    const difference = Math.abs((shown[i] ?? NaN) - value);
    assert.ok(difference <= 0.00051, `${where}: ${shown.join()} for ${expected.join()}`);
  });
}
