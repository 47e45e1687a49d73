// Comparing, links and pictures in the packaged extension: what is shown comes back, and is what the engine computes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Engine } from '../../src/engine/engine';
import { writeLink } from '../../src/extension/inspector/inspectorLink';
import { startPlace } from '../../src/protocol/panelApi';
import { noEdits } from '../../src/protocol/runEdits';
import { nodeParts } from '../../src/worker/nodeHost';
import type { Workbench } from '../harness/workbench';
import { builtinEngine } from '../support/builtinEngine';
import { assertWritten, InspectorPage, readNumber } from './inspectorPage';
import { sentence, Session, shoot, shootFailures } from './session';

const otherText = 'Once upon a time there was a big old dog who lived in the';
const linkedText = 'The cat sat on the mat and the cat';
const scheme = 'code-oss://tokenscope.tokenscope/inspect?';

describe('Comparing and sharing in the packaged extension', function () {
  this.timeout(180_000);
  let session: Session;
  let workbench: Workbench;
  let inspector: InspectorPage;
  let engine: Engine;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    inspector = await InspectorPage.inspect(workbench);
    engine = await builtinEngine();
  });

  after(async () => {
    await engine.dispose();
    await session.stop();
  });
  shootFailures(() => workbench);

  it('compares with an edited copy: both runs and their difference are the engine’s', async () => {
    const { frame } = inspector;
    await workbench.runCommand('Tokenscope: Compare…');
    await workbench.page
      .locator('.quick-input-widget .monaco-list-row')
      .filter({ hasText: 'With an Edited Copy' })
      .click();
    await frame.locator('.other-text textarea').fill(otherText);
    await frame.locator('.other-text textarea').press('Control+Enter');
    await frame.locator('.pair.inserted').first().waitFor();
    await inspector.open('repeat');
    await shoot(workbench, 'compare-repeat-en-dark');
    const name = 'blocks.0.resid_post';
    const row = frame
      .locator('.compared-vectors')
      .filter({ has: frame.locator('h2', { hasText: name }) })
      .locator('.compared-table tbody tr')
      .first();
    await row.waitFor();
    const channel = Number(await row.getAttribute('data-index'));
    const written = (await row.locator('td').allInnerTexts()).map(readSigned);
    const [a, b] = [await lastRow(sentence.text, name), await lastRow(otherText, name)];
    const [was, is] = [a[channel] ?? NaN, b[channel] ?? NaN];
    assertWritten(written, [was, is, is - was], 3);
    await inspector.open('attend');
    await frame.locator('[data-measure="weight-moved"]').waitFor();
    await shoot(workbench, 'compare-attend-en-dark');
  });

  it('shows the comparison again after the window was reloaded', async () => {
    await workbench.reloadWindow();
    inspector = await InspectorPage.of(workbench);
    await inspector.frame.locator('.pair.inserted').first().waitFor();
    const text = await inspector.frame.locator('.other-text textarea').inputValue();
    assert.equal(text, otherText);
    await inspector.frame.locator('[data-focus="compare-end"]').click();
    await inspector.frame.locator('.compare-bar').waitFor({ state: 'detached' });
  });

  it('follows a link to the text, the step, the head and the cell', async () => {
    await workbench.openUrl(scheme + link({ kind: 'builtin' }));
    const { frame } = inspector;
    const { ids } = await engine.tokenize({ text: linkedText });
    await frame
      .locator('.strip .token')
      .nth(ids.length - 1)
      .waitFor();
    await frame.locator('main[data-step="attend"]').waitFor();
    await frame.locator('.side .lock').waitFor();
    assert.deepEqual(await inspector.ids(), [...ids]);
    const { run } = await engine.run({ ids });
    const { values } = await engine.activation({ run, name: 'blocks.2.attn.pattern', index: [1] });
    const shown = await frame.locator('.grid').first().getAttribute('aria-label');
    const weight = values[6 * ids.length + 3] ?? NaN;
    assert.ok(shown?.includes(weight.toFixed(3)), `${String(shown)} for ${String(weight)}`);
    const pressed = await frame.locator('.rail .pip[aria-pressed="true"]').allInnerTexts();
    assert.deepEqual(pressed, ['1', '2']);
  });

  it('asks before a link opens another model, and keeps the open one when that is preferred', async () => {
    await workbench.openUrl(scheme + link({ kind: 'builtin', model: 'tiny' }));
    const said = await workbench.answerDialog('Use the Open Model');
    assert.match(said, /another model/);
    await inspector.frame.locator('main[data-step="attend"]').waitFor();
    assert.match(await inspector.frame.locator('.head .model').innerText(), /built-in/);
  });

  it('saves the picture of a step as SVG with its numbers, and as PNG', async () => {
    for (const format of ['svg', 'png'] as const) {
      await inspector.stage.locator('h1').click();
      await inspector.press('s');
      await inspector.frame.locator(`[data-picture="${format}"]`).click();
      const file = join(session.workspace, `picture.${format}`);
      await workbench.page.locator('.quick-input-widget:visible input.input').waitFor();
      await workbench.answerFileDialog(file);
      await until(() => existsSync(file) && readFileSync(file).length > 0);
      const bytes = readFileSync(file);
      if (format === 'png') assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
      else assert.match(bytes.toString('utf8'), /^<svg[\s\S]*<text[\s\S]*<\/svg>\s*$/);
    }
  });

  it('loads the model of a folder when a link asks for it, after both questions, and shows its numbers', async () => {
    const folder = resolve('media/models/tiny');
    await workbench.openUrl(scheme + link({ kind: 'folder', folder }));
    assert.match(await workbench.answerDialog('Open That Model'), /another model: .*tiny/);
    assert.match(await workbench.answerDialog('Load'), /parameters/);
    const { frame } = inspector;
    await frame.locator('.head .model', { hasText: 'tiny' }).waitFor();
    await frame.locator('main[data-step="attend"]').waitFor();
    await frame.locator('.side .lock').waitFor();
    const tiny = new Engine(nodeParts({ kernels: 'dist/kernels.wasm', builtin: folder }));
    try {
      const { config } = await tiny.openModel({
        location: { kind: 'folder', folder },
        device: 'wasm',
      });
      const { ids } = await tiny.tokenize({ text: linkedText });
      const { run } = await tiny.run({ ids });
      // The tiny model has less of everything: the link's block and head are brought within it.
      const [block, head] = [Math.min(2, config.layers - 1), Math.min(1, config.heads - 1)];
      const name = `blocks.${String(block)}.attn.pattern`;
      const { values } = await tiny.activation({ run, name, index: [head] });
      const weight = values[6 * ids.length + 3] ?? NaN;
      await frame
        .locator(`.grid[aria-label*="${weight.toFixed(3)}"]`)
        .first()
        .waitFor();
      assert.deepEqual(await inspector.ids(), [...ids]);
    } finally {
      await tiny.dispose();
    }
  });

  function link(model: Parameters<typeof writeLink>[0]['model']): string {
    const place = {
      ...startPlace,
      ...({ step: 'attend', open: true, stage: 3, block: 2, head: 1, token: 6 } as const),
      cell: [6, 3],
    } as const;
    const rest = {
      source: undefined,
      digest: undefined,
      edits: noEdits,
      compare: undefined,
      sampling: undefined,
    };
    return writeLink({ text: linkedText, model, place, ...rest });
  }

  async function lastRow(text: string, name: string): Promise<Float32Array> {
    const { ids } = await engine.tokenize({ text });
    const { run } = await engine.run({ ids });
    const { values } = await engine.activation({ run, name, index: [ids.length - 1] });
    return values;
  }
});

/** A number as `readNumber` knows it, with or without a plus. */
function readSigned(text: string): number {
  return readNumber(text.trim().replace(/^\+/, ''));
}

async function until(isDone: () => boolean): Promise<void> {
  const giveUp = Date.now() + 30_000;
  while (!isDone()) {
    assert.ok(Date.now() < giveUp, 'nothing was saved');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
