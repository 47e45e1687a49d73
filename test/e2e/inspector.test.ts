import assert from 'node:assert/strict';
import { steps } from '../../src/protocol/axes';
import type { Workbench } from '../harness/workbench';
import type { Tensor } from '../support/safetensors';
import { tokenize, trace } from './commandLine';
import { assertWritten, InspectorPage, readNumber } from './inspectorPage';
import { sentence, Session, shoot, shootFailures } from './session';

describe('The Inspector of the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;
  let inspector: InspectorPage;
  let activations: ReadonlyMap<string, Tensor>;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    inspector = await InspectorPage.inspect(workbench);
    activations = await trace(sentence.text);
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  it('shows the tokens of the selection with the ids of the command line', async () => {
    const ids = (await tokenize(sentence.text)).map(({ id }) => id);
    assert.deepEqual(await inspector.ids(), ids);
  });

  for (const step of steps) {
    it(`opens the step ${step} with a heading, numbers and an explanation`, async () => {
      await inspector.open(step);
      await inspector.stage.locator('h1').waitFor();
      await inspector.frame.locator('aside.side').waitFor();
      // Before anything is generated there is no number to append.
      if (step !== 'append') await inspector.stage.filter({ hasText: /\d/ }).waitFor();
      await shoot(workbench, `step-${step}-en-dark`);
    });
  }

  it('writes the embedding, the position and their sum as the model has them, every dimension', async () => {
    await inspector.open('embed');
    await inspector.press('t');
    const names = ['embed', 'pos_embed', 'blocks.0.resid_pre'];
    const columns = names.map((name) => lastRow(activations, name));
    const width = columns[0]?.length ?? 0;
    // The map of the embedding has a table too, which may be there first.
    const rows = inspector.stage.locator('table').first().locator('tbody tr');
    await rows.nth(width - 1).waitFor();
    const written = (await rows.allInnerTexts())
      .slice(0, width)
      .map((row) => row.split('\t').map(readNumber));
    assert.deepEqual(
      written.map(([dimension]) => dimension),
      Array.from({ length: width }, (_, dimension) => dimension),
    );
    for (const [index, column] of columns.entries()) {
      assertWritten(
        written.map((row) => row[index + 1] ?? Number.NaN),
        column,
        3,
      );
    }
    await inspector.press('t');
  });

  it('writes the attention pattern of a head as the model has it, and masked cells as masked', async () => {
    await inspector.open('attend');
    await inspector.frame.locator('.rail li.attend .pip').nth(1).click();
    await inspector.press('t');
    const pattern = activations.get('blocks.0.attn.pattern');
    assert.ok(pattern);
    const [, queries = 0, keys = 0] = pattern.shape;
    const rows = inspector.stage.locator('table tbody tr');
    await rows.nth(queries - 1).waitFor();
    for (let query = 0; query < queries; query++) {
      const cells = (await rows.nth(query).locator('td').allInnerTexts()).map(readNumber);
      const from = (queries + query) * keys;
      const row = [...pattern.values.subarray(from, from + keys)];
      assertWritten(cells.slice(0, query + 1), row.slice(0, query + 1), 2);
      assert.ok(cells.slice(query + 1).every(Number.isNaN), 'a masked cell has a number');
    }
    await shoot(workbench, 'attend-table-en-dark');
    await inspector.press('t');
  });

  it('writes neurons before and after the non-linearity as the model has them', async () => {
    await inspector.open('feedforward');
    const block = (await inspector.stage.locator('h1, .title').first().innerText()).match(
      /block (\d)/,
    );
    const name = `blocks.${block?.[1] ?? '0'}.mlp`;
    const [before, after] = [
      lastRow(activations, `${name}.pre`),
      lastRow(activations, `${name}.post`),
    ];
    const strongest = after.reduce(
      (best, value, neuron) => (Math.abs(value) > Math.abs(after[best] ?? 0) ? neuron : best),
      0,
    );
    const [neuron, pre, post] = await inspector.row(String(strongest));
    assert.equal(neuron, strongest);
    assertWritten(
      [pre ?? Number.NaN, post ?? Number.NaN],
      [before[strongest] ?? 0, after[strongest] ?? 0],
      2,
    );
  });

  it('writes the logits and probabilities of the prediction as the model has them', async () => {
    await inspector.open('predict');
    const logits = lastRow(activations, 'logits').sort((a, b) => b - a);
    const largest = logits[0] ?? Number.NaN;
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    const rows = inspector.stage.locator('tr:has(button)');
    await rows.nth(2).waitFor();
    const written = await Promise.all(
      (await rows.all()).map(async (row) => {
        const cells = (await row.locator('td, th').allInnerTexts()).map(readNumber);
        return cells.filter((value) => !Number.isNaN(value));
      }),
    );
    const shown = logits.slice(0, written.length);
    const [rank, logit, probability] = [0, 1, 2].map((n) =>
      written.map((row) => row[n] ?? Number.NaN),
    );
    assert.deepEqual(
      rank,
      Array.from(shown.keys(), (index) => index + 1),
    );
    assertWritten(logit ?? [], shown, 2);
    assertWritten(
      probability ?? [],
      shown.map((value) => Math.exp(value - largest) / sum),
      4,
    );
  });

  it('verifies a number: what the model computed, beside the same in float64', async () => {
    await inspector.open('embed');
    await inspector.press('v');
    const sheet = inspector.frame.locator('.verification');
    const values = sheet.locator('.both td');
    await values.nth(1).waitFor();
    const [recorded, recomputed] = (await values.allInnerTexts()).map((text) =>
      Number(text.replace('−', '-')),
    );
    const row = lastRow(activations, 'blocks.0.resid_pre');
    assert.equal(recorded, row[0]);
    // A sum of two numbers: at most half a unit of float32 apart.
    assert.ok(Math.abs((recorded ?? 0) - (recomputed ?? 1)) <= Math.abs(row[0] ?? 0) * 2 ** -24);
    assert.match(await sheet.innerText(), /embed\[13, 0\][^]*pos_embed\[13, 0\]/);
    await shoot(workbench, 'verify-en-dark');
    await inspector.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  it('moves along the tokens and through the steps with the keys', async () => {
    await inspector.open('context');
    await inspector.tokens.nth(5).click();
    await inspector.press('ArrowLeft');
    await inspector.frame
      .locator('.strip .token[data-position="4"][aria-selected="true"]')
      .waitFor();
    await inspector.press('n');
    await inspector.frame.locator('main[data-step="tokenize"]').waitFor();
    await inspector.press('p');
    await inspector.frame.locator('main[data-step="context"]').waitFor();
  });

  it('lights a token up in the editor, and follows the caret the other way', async () => {
    await inspector.tokens.nth(8).click();
    await workbench.page
      .locator('.view-overlays .cdr.ced-token, .view-overlays [class*="ced-"]')
      .first()
      .waitFor();
    await shoot(workbench, 'two-way-en-dark');
    await workbench.focusEditor(sentence.file);
    await workbench.placeCaret(sentence.line, sentence.text.indexOf('girl') + 2);
    const pointed = inspector.frame.locator(
      '.strip .token[data-position="9"]:is([data-pointed], [aria-selected="true"])',
    );
    await pointed.waitFor();
  });

  it('comes back where it was after the window is reloaded', async () => {
    await inspector.open('predict');
    await inspector.tokens.nth(3).click();
    await workbench.keepsState('"step":"predict"', '"token":3,');
    await workbench.reloadWindow();
    const restored = await InspectorPage.of(workbench);
    await restored.frame.locator('main[data-step="predict"]').waitFor();
    const selected = restored.frame.locator('.strip .token[aria-selected="true"]');
    assert.equal(await selected.getAttribute('data-position'), '3');
    assert.deepEqual(
      await restored.ids(),
      (await tokenize(sentence.text)).map(({ id }) => id),
    );
    await shoot(workbench, 'restored-en-dark');
  });
});

/** The values of the last position of an activation. */
function lastRow(activations: ReadonlyMap<string, Tensor>, name: string): number[] {
  const tensor = activations.get(name);
  assert.ok(tensor, `the trace has no ${name}`);
  const width = tensor.shape.at(-1) ?? 0;
  return [...tensor.values.subarray(tensor.values.length - width)];
}
