/** Numbers in tables lead to what they are made of, by pointer and by keyboard, and on both sides of a comparison. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Engine } from '../../src/engine/engine';
import type { RunId } from '../../src/protocol/runs';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor, settled } from './page';

const text = 'Once upon a time there was a little girl who lived in the';
const otherText = 'Once upon a time there was a little boy who lived in the';

describe('Numbers in tables', function () {
  const inspectors = inspectorsFor(this);
  let engine: Engine;
  let run: RunId;
  let otherRun: RunId;

  before(async () => {
    engine = await builtinEngine();
    const runOf = async (of: string) =>
      (await engine.run({ ids: (await engine.tokenize({ text: of })).ids })).run;
    run = await runOf(text);
    otherRun = await runOf(otherText);
  });

  after(() => engine.dispose());

  it('are one stop of the Tab key: arrows move among them, Enter opens, Escape comes back', async () => {
    const head = { step: 'attend', open: true, block: 1, head: 2 } as const;
    const { page, errors } = await inspectors.open({
      text,
      place: { ...head, stage: 3, table: true, token: 6 },
    });
    await page.focus('.twin-shown .number[tabindex="0"]');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight'])
      await page.keyboard.press(key);
    assert.equal(await focused(page), 'blocks.1.attn.pattern[2, 3, 2]');
    assert.equal((await page.$$('.twin-shown .number[tabindex="0"]')).length, 1);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowUp');
    // Above the diagonal the mask leaves nothing to press: the last number of the row is taken.
    assert.equal(await focused(page), 'blocks.1.attn.pattern[2, 2, 2]');
    await page.keyboard.press('Enter');
    assert.equal(await opened(page), 'blocks.1.attn.pattern[2, 2, 2]');
    await page.waitForSelector('.verification:focus');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.verification', { state: 'detached' });
    assert.equal(await focused(page), 'blocks.1.attn.pattern[2, 2, 2]');
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('lead on in every step', async () => {
    const place = { step: 'attend', open: true, stage: 0, block: 1, head: 2 } as const;
    const { page, errors } = await inspectors.open({
      text,
      place: { ...place, token: 6, table: true },
    });
    const shown = [
      ['', 'blocks.1.attn.scores[2, 0, 0]'],
      ['nnn', 'blocks.1.attn.pattern[2, 0, 0]'],
      ['n', 'blocks.1.attn.v[0, 2, 0]'],
      ['n', 'blocks.1.attn.result[6, 0, 0]'],
      ['n', 'blocks.1.resid_pre[6, 0]'],
      ['5', 'blocks.1.mlp.pre[6, 0]'],
      ['6', 'lens[0, 6,'],
      ['7', 'logits['],
      ['3', 'embed[6, 0]'],
      ['0', '‖blocks.0.attn_out[0]‖'],
    ] as const;
    for (const [keys, name] of shown) {
      for (const key of keys) await page.keyboard.press(key);
      const number = `.stage .number[data-number^="${name}"] >> nth=0`;
      await page.waitForSelector(number);
      await page.click(number);
      assert.ok((await opened(page)).startsWith(name), name);
      assert.equal((await page.$$('.verification .error')).length, 0);
      await page.keyboard.press('Escape');
    }
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('that are norms and cosines are summed up from the elements, each of which leads on', async () => {
    const { page } = await inspectors.open({
      text,
      place: { step: 'repeat', token: 6, table: true },
    });
    const vector = async (name: string) =>
      Array.from((await engine.activation({ run, name, index: [6] })).values);
    const [start, end] = [
      await vector('blocks.0.resid_pre'),
      await vector('blocks.2.resid_post'),
    ] as const;
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, x, i) => sum + x * (b[i] ?? Number.NaN), 0);
    await page.click('.twin-shown [data-number="‖blocks.2.resid_post[6]‖"]');
    assert.equal(await opened(page), '‖blocks.2.resid_post[6]‖');
    // Four decimals are shown.
    assert.ok(Math.abs((await result(page)) - Math.sqrt(dot(end, end))) <= 5.1e-5);
    await page.keyboard.press('Escape');
    const cosine = 'cos(blocks.0.resid_pre[6], blocks.2.resid_post[6])';
    await page.click(`.twin-shown [data-number="${cosine}"]`);
    const expected = dot(start, end) / Math.sqrt(dot(start, start) * dot(end, end));
    assert.ok(Math.abs((await result(page)) - expected) <= 5.1e-5);
    await page.click('.verification .ledger tbody tr:first-child td:nth-of-type(3) .number');
    assert.match(await opened(page), /^blocks\.2\.resid_post\[6, \d+\]$/);
    await page.click('[data-focus="number-back"]');
    assert.equal(await opened(page), cosine);
    await page.context().close();
  });

  it('of the softmax lead from the exponential to the score and the largest of its row', async () => {
    const place = {
      step: 'attend',
      open: true,
      stage: 3,
      block: 0,
      head: 1,
      cell: [6, 3],
    } as const;
    const { page } = await inspectors.open({ text, place });
    await page.click('.soft tr.on td:nth-of-type(2) .number');
    assert.equal(await opened(page), 'exp(blocks.0.attn.scores[1, 6, 3])');
    const { values } = await engine.activation({
      run,
      name: 'blocks.0.attn.scores',
      index: [1, 6],
    });
    const seen = Array.from(values.subarray(0, 7));
    const expected = Math.exp((seen[3] ?? Number.NaN) - Math.max(...seen));
    // Four decimals are shown.
    assert.ok(Math.abs((await result(page)) - expected) <= 5.1e-5);
    await page.click('.verification tbody tr:nth-child(2) .number');
    const largest = seen.indexOf(Math.max(...seen));
    assert.equal(await opened(page), `blocks.0.attn.scores[1, 6, ${String(largest)}]`);
    await page.context().close();
  });

  it('of the lens lead to the state, the token’s row and the sum over the vocabulary', async () => {
    const { page } = await inspectors.open({ text, place: { step: 'repeat', token: 6 } });
    await page.click('.lens-table tbody tr:nth-child(2) .number >> nth=0');
    const name = await opened(page);
    const [layer = -1, position = -1, id = -1] = name.match(/\d+/g)?.map(Number) ?? [];
    assert.deepEqual([layer, position], [1, 6]);
    const lens = await engine.lens({ run, top: 1, watch: id });
    const index = lens.shape[1] + 6;
    const logit = Number(await cellOf(page, 'tfoot tr:nth-child(1) td.product'));
    // Shown with three decimals; the logit is computed again from the weights.
    const p = Math.exp(logit - (lens.logSumExp[index] ?? Number.NaN));
    const known = lens.watchedProbability[index] ?? Number.NaN;
    assert.ok(Math.abs(p - known) <= 2e-3 * known, `${String(p)} is not ${String(known)}`);
    await page.click('.verification .ledger >> nth=1 >> .number');
    assert.match(await opened(page), /^blocks\.0\.resid_post\[6, \d+\]$/);
    await page.context().close();
  });

  it('of maps that are made of several heads show every head', async () => {
    const place = {
      step: 'attend',
      open: true,
      block: 1,
      stage: 3,
      table: true,
      token: 6,
      measure: 'weights',
      over: 'block',
    } as const;
    const { page } = await inspectors.open({ text, place });
    const name = 'blocks.1.attn.pattern.mean[6, 2]';
    await page.click(`.twin-shown [data-number="${name}"]`);
    assert.equal(await opened(page), name);
    const pattern = await engine.activation({ run, name: 'blocks.1.attn.pattern' });
    const [heads = 0, length = 0] = pattern.shape;
    const sum = Array.from({ length: heads }, (_, head) => head).reduce(
      (total, head) => total + (pattern.values[(head * length + 6) * length + 2] ?? Number.NaN),
      0,
    );
    // Three decimals are shown.
    assert.ok(Math.abs((await result(page)) - sum / heads) <= 5.1e-4);
    await page.click('.verification .ledger tbody tr:first-child .number');
    assert.equal(await opened(page), 'blocks.1.attn.pattern[0, 6, 2]');
    await page.context().close();
  });

  it('belong to the side that they stand on, and V turns to the other', async () => {
    const { page, errors } = await inspectors.open({
      text,
      place: { step: 'repeat', block: 1, token: 9, channel: 4 },
      compare: { kind: 'text', text: otherText, name: undefined },
    });
    const numberOfB = '.compared-vectors .compared-table [data-side="b"] .number >> nth=0';
    await page.waitForSelector(numberOfB);
    await page.click(numberOfB);
    const name = await opened(page);
    assert.equal(await recorded(page), await of(otherRun, name));
    await page.keyboard.press('Escape');
    await page.focus('#stage');
    await page.keyboard.press('v');
    assert.equal(await opened(page), 'blocks.1.resid_post[9, 4]');
    assert.equal(await recorded(page), await of(run, 'blocks.1.resid_post[9, 4]'));
    await page.click('[data-focus="side-b"]');
    await page.waitForSelector('.verification[data-side="b"] .both');
    assert.equal(await recorded(page), await of(otherRun, 'blocks.1.resid_post[9, 4]'));
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  it('of a weight that is compared are verified on either side, at the tokens that are aligned', async () => {
    const { page, errors } = await inspectors.open({
      text,
      place: { step: 'attend', block: 1, head: 2 },
      compare: { kind: 'text', text: otherText.replace('boy', 'very old boy'), name: undefined },
    });
    await page.waitForSelector('[data-measure="weight-b"] .number');
    const grid = await (await page.$('[data-side="b"] .grid'))?.boundingBox();
    assert.ok(grid);
    // The last query and the first key stand in both texts.
    await page.click('[data-side="b"] .grid', { position: { x: 4, y: grid.height - 4 } });
    await page.mouse.move(1, 1);
    await page.click('[data-measure="weight-a"] .number');
    const here = await opened(page);
    assert.equal(await recorded(page), await of(run, here));
    await page.keyboard.press('Escape');
    await page.focus('[data-side="b"] .grid');
    await page.keyboard.press('v');
    await page.waitForSelector('.verification[data-side="b"] .both');
    const there = await opened(page);
    const [cell = [], aligned = []] = [here, there].map((name) => name.match(/\d+/g)?.slice(-2));
    assert.notDeepEqual(aligned, cell);
    const written = await page.innerText('[data-measure="weight-b"]');
    assert.equal((await recorded(page)).toFixed(4), written.trim());
    assert.deepEqual(errors, []);
    await page.context().close();
  });

  async function of(which: RunId, name: string): Promise<number | undefined> {
    const [, activation = '', index = ''] = /^(.+)\[(.+)\]$/.exec(name) ?? [];
    const at = index.split(', ').map(Number);
    return (await engine.activation({ run: which, name: activation, index: at })).values[0];
  }
});

/** The name of the number whose sheet is open, once what it is made of is there. */
async function opened(page: Page): Promise<string> {
  await page.waitForSelector('.verification :is(.both, .ledger)');
  await settled(page);
  return page.innerText('.verification p code');
}

async function result(page: Page): Promise<number> {
  return Number(await cellOf(page, 'tr.result td.product'));
}

async function recorded(page: Page): Promise<number> {
  return Number(await cellOf(page, '.both td'));
}

async function cellOf(page: Page, selector: string): Promise<string> {
  return (await page.innerText(`.verification ${selector}`)).replace('−', '-').trim();
}

function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['number']);
}
