/** The flame strip: its parts add up to the run, and it tells what the engine measured. */
import assert from 'node:assert/strict';
import type { TimedOperation, Timings } from '../../src/protocol/timings';
import { allNodes, movedPath, nodeAt, timeTree } from '../../webview/shell/timeTree';
import { inspectorsFor, settled } from './page';

const operation = (
  of: Pick<TimedOperation, 'operation' | 'step' | 'block' | 'ms'>,
): TimedOperation => ({ ...of, startMs: 0, flops: 10, bytes: 4 });

/** Milliseconds that sum up exactly: powers of two. */
const timings: Timings = {
  device: 'wasm',
  measures: 'work',
  ms: 64,
  operations: [
    operation({ operation: 'gather', step: 'embed', block: undefined, ms: 1 }),
    operation({ operation: 'linear', step: 'attend', block: 0, ms: 4 }),
    operation({ operation: 'read', step: 'attend', block: 0, ms: 8 }),
    operation({ operation: 'linear', step: 'attend', block: 0, ms: 2 }),
    operation({ operation: 'linear', step: 'feedforward', block: 0, ms: 2 }),
    operation({ operation: 'linear', step: 'attend', block: 1, ms: 16 }),
    operation({ operation: 'linear', step: 'predict', block: undefined, ms: 8 }),
  ],
};

describe('The tree of times', () => {
  const root = timeTree(timings);

  it('adds up to the wall time at every level, with what lies between as a part of its own', () => {
    for (const { children, ms, startMs, kind } of allNodes(root)) {
      if (children.length === 0) continue;
      const sum = children.reduce((all, child) => all + child.ms, 0);
      assert.equal(sum, ms, kind);
      assert.equal(children[0]?.startMs, startMs, kind);
    }
    assert.deepEqual(
      root.children.map(({ kind, step, ms }) => [step ?? kind, ms]),
      [
        ['embed', 1],
        ['attend', 30],
        ['feedforward', 2],
        ['predict', 8],
        ['between', 23],
      ],
    );
  });

  it('gathers the calls of an operation in a block, the longest first', () => {
    const [first] = root.children[1]?.children ?? [];
    assert.equal(first?.block, 0);
    assert.deepEqual(
      first.children.map(({ operation: name, ms, calls, flops }) => [name, ms, calls, flops]),
      [
        ['read', 8, 1, 10],
        ['linear', 6, 2, 20],
      ],
    );
  });

  it('is walked with the arrows', () => {
    let path = movedPath(root, [], 'ArrowDown') ?? [];
    assert.equal(nodeAt(root, path).step, 'attend');
    path = movedPath(root, path, 'ArrowDown') ?? [];
    assert.equal(nodeAt(root, path).block, 1);
    path = movedPath(root, path, 'ArrowRight') ?? [];
    assert.equal(nodeAt(root, path).block, 1);
    path = movedPath(root, path, 'ArrowLeft') ?? [];
    assert.equal(nodeAt(root, path).block, 0);
    path = movedPath(root, movedPath(root, path, 'ArrowUp') ?? [], 'ArrowUp') ?? [];
    assert.equal(nodeAt(root, path), root);
    assert.equal(movedPath(root, path, 'x'), undefined);
  });
});

describe('The times in the Inspector', function () {
  const inspectors = inspectorsFor(this);

  it('open by a key, total the time in the head, and are read by arrows and as a table', async () => {
    const { page, errors } = await inspectors.open({ place: { step: 'embed' } });
    const head = /([\d.]+) ms/.exec(await page.innerText('.head .measured'))?.[1];
    await page.keyboard.press('f');
    await page.waitForSelector('.flame .bar.between');
    const reading = page.locator('.times .reading');
    const whole = /([\d.]+) ms/.exec(await reading.innerText())?.[1];
    assert.equal(Number(whole).toFixed(1), head);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    assert.match(await reading.innerText(), /ms/);
    assert.notEqual(/([\d.]+) ms/.exec(await reading.innerText())?.[1], whole);
    await page.keyboard.press('t');
    const rows = page.locator('.times .twin tbody tr');
    await rows.first().waitFor();
    await settled(page);
    const steps: Record<string, number> = {};
    for (const row of await rows.all()) {
      const [name = '', ms = ''] = await row.locator('th, td').allInnerTexts();
      steps[name] ??= Number(ms);
    }
    const parts = ['Embed', 'Attend', 'Feed-forward', 'Predict', 'between operations'];
    const sum = parts.reduce((all, name) => all + (steps[name] ?? Number.NaN), 0);
    // Five numbers and their sum, each rounded to a thousandth.
    assert.ok(Math.abs(sum - (steps['whole run'] ?? 0)) <= 0.003 + 1e-9, JSON.stringify(steps));
    await page.keyboard.press('f');
    assert.equal(await page.locator('.times').count(), 0);
    assert.deepEqual(errors, []);
    await page.context().close();
  });
});
