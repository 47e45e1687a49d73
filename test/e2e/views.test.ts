// What can be changed and asked in the views of the packaged Inspector, compared with runs of the engine.
import assert from 'node:assert/strict';
import type { Engine } from '../../src/engine/engine';
import { maskOf } from '../../src/protocol/runEdits';
import type { Workbench } from '../harness/workbench';
import { builtinEngine } from '../support/builtinEngine';
import { trace } from './commandLine';
import { assertWritten, InspectorPage, readNumber } from './inspectorPage';
import { sentence, Session, shoot, shootFailures } from './session';

describe('The views of the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;
  let inspector: InspectorPage;
  let engine: Engine;
  let ids: Int32Array;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    inspector = await InspectorPage.inspect(workbench);
    engine = await builtinEngine();
    ({ ids } = await engine.tokenize({ text: sentence.text }));
  });

  after(async () => {
    await engine.dispose();
    await session.stop();
  });
  shootFailures(() => workbench);

  it('write the pattern under an edited mask as a run under that mask has it', async () => {
    const { frame } = inspector;
    const length = ids.length;
    await inspector.open('attend');
    await frame.locator('.rail li.attend .pip').nth(1).click();
    await frame.locator('.grid').focus();
    await inspector.press('m');
    await frame.locator('[data-focus="mask-edit"][aria-pressed="true"]').waitFor();
    const box = await frame.locator('.grid').boundingBox();
    assert.ok(box);
    const cell = box.width / length;
    const [query, key] = [length - 1, 3];
    await workbench.page.mouse.click(box.x + (key + 0.5) * cell, box.y + (query + 0.5) * cell);
    await frame.locator('.rail .edited').waitFor();
    await frame.locator('.before-after tbody tr').first().waitFor();
    await shoot(workbench, 'mask-edited-en-dark');
    await inspector.press('t');
    const edits = [{ kind: 'cell', query, key, seen: false }] as const;
    const mask = maskOf(edits, { dropped: 0, length });
    assert.ok(mask);
    const { run } = await engine.run({ ids, mask });
    const { values } = await engine.activation({ run, name: 'blocks.0.attn.pattern', index: [1] });
    const expected = [...values.subarray(query * length)];
    const row = inspector.stage.locator('table.twin tbody tr').nth(query);
    await row.waitFor();
    const written = (await row.locator('td').allInnerTexts()).map(readNumber);
    assert.ok(Number.isNaN(written[key]), 'a hidden cell has a number');
    const others = (numbers: readonly number[]) => numbers.filter((_, index) => index !== key);
    assertWritten(others(written), others(expected), 2);
    await inspector.press('t');
    await frame.locator('.rail .edited button').click();
    await frame.locator('.rail .edited').waitFor({ state: 'detached' });
  });

  it('lay the tokens out on the map where PCA puts them, and say how much of the variance that is', async () => {
    await inspector.open('embed');
    const said = inspector.stage.locator('[data-kept]');
    await said.waitFor();
    const { run } = await engine.run({ ids });
    const map = await engine.embeddingMap({ run, points: 600, method: 'pca', seed: 1 });
    const kept = (map.kept?.[0] ?? NaN) + (map.kept?.[1] ?? NaN);
    assert.ok(Math.abs(Number(await said.getAttribute('data-kept')) - kept) < 1e-6);
    const rows = inspector.stage.locator('.embed-map table.twin tbody tr');
    for (let index = 0; index < map.own; index++) {
      const heading = await rows.nth(index).locator('th').textContent();
      assert.equal(Number.parseInt(heading ?? '', 10), map.ids[index]);
      const cells = await rows.nth(index).locator('td').allTextContents();
      const [x, y] = cells.map(readNumber);
      const place = [...map.places.subarray(2 * index, 2 * index + 2)];
      assertWritten([x ?? NaN, y ?? NaN], place, 3);
    }
    await shoot(workbench, 'embedding-map-en-dark');
  });

  it('find a token in the whole distribution with the logit of the trace', async () => {
    await inspector.open('predict');
    const activations = await trace(sentence.text);
    const logits = activations.get('logits');
    assert.ok(logits);
    const vocabulary = logits.shape.at(-1) ?? 0;
    const last = [...logits.values.subarray(logits.values.length - vocabulary)];
    await inspector.frame.locator('[data-focus="search"]').fill('girl');
    const rows = inspector.stage.locator('.found tbody tr');
    await rows.first().waitFor();
    for (const row of await rows.all()) {
      const logit = last[Number(await row.getAttribute('data-id'))] ?? NaN;
      const [rank, written] = await row.locator('td').allTextContents();
      assertWritten([readNumber(written ?? '')], [logit], 2);
      const better = last.filter((each) => each > logit).length;
      assert.equal(readNumber((rank ?? '').replace('#', '')), better + 1);
    }
  });
});
