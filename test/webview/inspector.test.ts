/** The whole panel in a browser: what is on screen is what the engine computed, keys lead everywhere, all can be read. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { steps } from '../../src/protocol/axes';
import { violations } from './axe';
import { patternOf } from './patternOf';
import { settled, startInspectors, type Inspectors, type Look } from './page';

const text = 'Once upon a time there was a little girl who lived in the';
let inspectors: Inspectors;

before(async function () {
  this.timeout(240_000);
  inspectors = await startInspectors();
});

after(() => inspectors.close());

describe('The Inspector', function () {
  this.timeout(60_000);

  it('shows the weights that the engine computed', async () => {
    const block = 1;
    const head = 1;
    const { page } = await inspectors.open({
      text,
      place: { step: 'attend', open: true, stage: 3, block, head },
    });
    const shown = await page.$$eval('.soft tbody .product', (cells) =>
      cells.map((cell) => Number(cell.textContent)),
    );
    const pattern = await patternOf({ text, block, head });
    const row = pattern.values.subarray(-shown.length);
    // Three decimals are shown.
    shown.forEach((weight, key) => {
      const difference = Math.abs(weight - (row[key] ?? Number.NaN));
      assert.ok(difference <= 0.0005001, `key ${key}: ${weight} for ${row[key] ?? 'nothing'}`);
    });
    assert.equal(shown.length, 14);
  });

  it('leads through all steps and all stages of attention by one key, and back by another', async () => {
    const { page, errors } = await inspectors.open({ text });
    const passed: string[] = [];
    for (let press = 0; press < 15; press++) {
      await page.keyboard.press('n');
      await settled(page);
      passed.push(await placeShown(page));
    }
    const stages = ['0', '1', '2', '3', '4', '5', '6'].map((stage) => `attend ${stage}`);
    const expected = [
      ...['context', 'tokenize', 'embed', 'attend'],
      ...stages,
      ...['feedforward', 'repeat', 'predict', 'append'],
    ];
    assert.deepEqual(passed, expected);
    for (let press = 0; press < 4; press++) await page.keyboard.press('p');
    await settled(page);
    assert.equal(await placeShown(page), 'attend 6');
    assert.deepEqual(errors, []);
  });

  it('opens each step by its number and keeps the focus where it was', async () => {
    const { page } = await inspectors.open({ text });
    await page.focus('.step');
    for (const [index, step] of steps.entries()) {
      await page.keyboard.press(String(index + 1));
      await page.waitForSelector(`.stage[data-step="${step}"]`);
      const focused = await page.evaluate(() => document.activeElement?.className);
      assert.equal(focused, 'step', step);
    }
  });

  it('steps back and forward through the merges, by keys and by buttons', async () => {
    const { page, errors } = await inspectors.open({
      text,
      place: { step: 'tokenize', token: 8, table: true },
    });
    const rows = () => page.$$eval('.merges tr', (all) => all.length);
    const all = await rows();
    assert.ok(all > 4, `only ${all} rows`);
    const last = await page.innerText('.merge-steps');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(
      (n) => document.querySelectorAll('.merges tr').length === n,
      all - 2,
    );
    const said = await page.innerText('.merge-steps');
    const table = await page.innerText('.twin tbody tr:last-child td:last-child');
    assert.ok(said.includes(table) && said !== last, `${said} and ${table}`);
    for (let press = 0; press < 2; press++)
      await page.click('.merge-steps vscode-button:last-of-type');
    await page.waitForFunction((n) => document.querySelectorAll('.merges tr').length === n, all);
    assert.equal(await page.innerText('.merge-steps'), last);
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('generates a token by key, takes it back, and says how many there are', async () => {
    const { page } = await inspectors.open({ text });
    const tokens = () => page.$$eval('.token', (all) => all.length);
    const before = await tokens();
    await page.keyboard.press('g');
    await page.waitForFunction((n) => document.querySelectorAll('.token').length === n, before + 1);
    await page.keyboard.press('b');
    await page.waitForFunction((n) => document.querySelectorAll('.token').length === n, before);
    assert.equal((await page.$$('.made')).length, 1);
  });

  it('keeps the focus, the text and the rail while it runs', async () => {
    const place = { step: 'attend', open: true, stage: 3 } as const;
    const { page } = await inspectors.open({ text, place });
    for (const selector of ['.grid', '.rail .pip', '.token[tabindex="0"]']) {
      const before = await page.$$eval('.token', (all) => all.length);
      await page.focus(selector);
      await page.evaluate(countFewestTokens);
      await page.keyboard.press('g');
      await page.waitForFunction(
        (n) => document.querySelectorAll('.token').length === n,
        before + 1,
      );
      await settled(page);
      const kept = await page.$eval(selector, (element) => element.matches(':focus'));
      // The chosen token is the last one unless it was chosen by hand.
      const isTokens = selector.startsWith('.token');
      const focused = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 80));
      assert.ok(
        isTokens ? focused?.includes('class="token') : kept,
        `${selector}: ${String(focused)}`,
      );
      const fewest = await page.evaluate(() => Number(document.body.dataset['fewest']));
      assert.equal(fewest, before);
    }
  });

  it('draws of the whole pass what has arrived, and says where it still runs', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'attend' } });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/message', async (route) => {
      if (/blocks\.[123]\.resid_post/.test(route.request().postData() ?? '')) await held;
      await route.continue();
    });
    await page.keyboard.press('0');
    await page.waitForFunction(() => document.querySelectorAll('.score .waiting').length === 3);
    assert.equal((await page.$$('.score canvas')).length, 1);
    release();
    await page.waitForFunction(() => document.querySelectorAll('.score .waiting').length === 0);
    await page.context().close();
  });

  it('says which device ran and for how long in every width', async () => {
    for (const width of [1290, 590, 320]) {
      const { page } = await inspectors.open({ text, width });
      const box = await (await page.$('.measured'))?.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= width, `not in view at ${width} pixels`);
      assert.match(await page.innerText('.measured'), /^wasm · \d+\.\d ms$/);
      await page.context().close();
    }
  });

  it('locks a cell by a click, moves it by arrows and frees it by Esc', async () => {
    const place = { step: 'attend', open: true, stage: 3 } as const;
    const { page } = await inspectors.open({ text, place });
    const box = await (await page.$('.grid'))?.boundingBox();
    assert.ok(box);
    const cell = box.width / 14;
    await page.mouse.click(box.x + 2.5 * cell, box.y + 5.5 * cell);
    await page.mouse.move(1, 1);
    await page.waitForSelector('.lock');
    assert.deepEqual(await asked(page), { query: '5', key: '2' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await asked(page), { query: '6', key: '3' });
    await page.keyboard.press('Escape');
    await page.waitForSelector('.lock', { state: 'detached' });
  });

  it('shows a torn character whole, once, over the ids of its parts', async () => {
    const { page } = await inspectors.open({ text: '昔々、お爺さん', language: 'ja' });
    const torn = await page.$$eval('.group.torn', (groups) =>
      groups.map((group) => ({
        whole: group.querySelector('.whole')?.textContent,
        ids: group.querySelectorAll('.token').length,
      })),
    );
    assert.deepEqual(torn, [
      { whole: '昔', ids: 2 },
      { whole: '爺', ids: 2 },
    ]);
  });

  it('fits 320 pixels, and a window at twice the size, without scrolling the page sideways', async () => {
    for (const width of [320, 645]) {
      const { page } = await inspectors.open({ text, width, place: { open: true } });
      for (const [key, step] of ['overview', ...steps].entries()) {
        await page.keyboard.press(String(key));
        await settled(page);
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        assert.ok(wider <= 0, `${step} is ${wider} pixels too wide in ${width}`);
        // Where one is stays in sight: all steps, the position, the block, the head.
        const where = await page.$$eval('.rail :is(.step, .where dd)', (all) =>
          all
            .map((each) => each.getBoundingClientRect())
            .map(({ right, height }) => [right, height]),
        );
        assert.equal(where.length, 11);
        for (const [right = Infinity, height = 0] of where)
          assert.ok(right <= width && height > 0, `${step}: ${String(right)} in ${width}`);
      }
      const ends = await page.$$eval('.head button', (all) =>
        all.map((button) => button.getBoundingClientRect().right),
      );
      assert.ok(
        ends.length > 3 && Math.max(...ends) <= width,
        `cut off in ${width}: ${ends.join()}`,
      );
      await page.context().close();
    }
  });
});

describe('Accessibility', function () {
  this.timeout(120_000);
  const views = ['overview', ...steps] as const;
  const looks: readonly Look[] = [
    { theme: 'dark' },
    { theme: 'dark', language: 'ja', place: { table: true } },
    { theme: 'light' },
    { theme: 'hc' },
    { theme: 'hc-light' },
  ];

  for (const { theme, language = 'en', place } of looks) {
    it(`has nothing to object to in ${theme ?? 'dark'}, ${language}`, async () => {
      const depth = theme === 'light' ? 'mathematics' : 'mechanism';
      const at = { ...place, open: true, stage: 3, depth } as const;
      const { page, errors } = await inspectors.open({
        text,
        theme: theme ?? 'dark',
        language,
        place: at,
      });
      const found: string[] = [];
      for (const view of views) {
        await page.keyboard.press(String(views.indexOf(view)));
        await settled(page);
        const rules = theme === 'dark' ? undefined : ['color-contrast'];
        found.push(...(await violations(page, rules)).map((each) => `${view}: ${each}`));
      }
      assert.deepEqual(found, []);
      assert.deepEqual(errors, []);
      await page.context().close();
    });
  }

  it('has nothing to object to in any stage of attention, nor in the gallery', async () => {
    const place = { step: 'attend', open: false } as const;
    const { page } = await inspectors.open({ text, place });
    const found = await violations(page);
    for (let stage = 0; stage < 7; stage++) {
      await page.keyboard.press('n');
      await settled(page);
      found.push(...(await violations(page)).map((each) => `stage ${stage}: ${each}`));
    }
    assert.deepEqual(found, []);
    await page.context().close();
  });

  it('has nothing to object to in lines, neurons, contributions and an opened number', async () => {
    const head = { step: 'attend', open: true, stage: 3, depth: 'mathematics' } as const;
    const looks = [
      { drawn: 'lines' },
      { drawn: 'neurons' },
      { measure: 'contributions', over: 'block' },
    ] as const;
    for (const look of looks) {
      const { page, errors } = await inspectors.open({ text, place: { ...head, ...look } });
      await page.keyboard.press('v');
      await page.waitForSelector('.verification .both');
      assert.deepEqual(await violations(page), [], JSON.stringify(look));
      assert.deepEqual(errors, []);
      await page.context().close();
    }
  });
});

/** Notes the fewest tokens that the strip shows from now on, and forgets what it noted before. */
function countFewestTokens(): void {
  const count = () => document.querySelectorAll('.strip .token').length;
  document.body.dataset['fewest'] = String(count());
  new MutationObserver(() => {
    const fewest = Math.min(Number(document.body.dataset['fewest']), count());
    document.body.dataset['fewest'] = String(fewest);
  }).observe(document.querySelector('.app') ?? document.body, { childList: true, subtree: true });
}

async function placeShown(page: Page): Promise<string> {
  const step = await page.$eval('.stage', (stage) => stage.getAttribute('data-step') ?? 'overview');
  const stages = await page.$$eval('.stages button', (all) =>
    all.findIndex((button) => button.hasAttribute('aria-current')),
  );
  return stages < 0 ? step : `${step} ${stages}`;
}

/** The query and key that the strip marks. */
function asked(page: Page): Promise<{ query: string | undefined; key: string | undefined }> {
  return page.evaluate(() => {
    const position = (mark: string) =>
      document.querySelector<HTMLElement>(`.token[${mark}]`)?.dataset['position'];
    return { query: position('data-asking'), key: position('data-pointed') };
  });
}
