// The lab and the disk: texts, vocabularies, models and experiments chosen and saved with VS Code's own dialogs.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { steps } from '../../src/protocol/axes';
import { runOrThrow } from '../harness/processes';
import type { Workbench } from '../harness/workbench';
import { generate } from './commandLine';
import { commandTitle } from './commandTitle';
import { InspectorPage } from './inspectorPage';
import { LabPage, says } from './labPage';
import { sentence, Session, shoot, shootFailures } from './session';

describe('The lab and files', () => {
  let session: Session;
  let workbench: Workbench;
  let lab: LabPage;
  const place = (name: string): string => join(workbench.server.workspace, name);

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    lab = await LabPage.open(workbench);
  });

  after(async () => {
    await workbench.close();
    await session.stop();
  });
  shootFailures(() => workbench);

  it('learns from a file of the person’s, each merge forward and back', async () => {
    writeFileSync(
      place('rhyme.txt'),
      'the cat sat on the mat, the rat sat on the hat\n'.repeat(40),
    );
    await lab.list(says('corpus.source')).selectOption('files');
    await workbench.answerFileDialog(place('rhyme.txt'));
    await lab.waitFor('.files li[title$="rhyme.txt"]');
    await lab.stage.locator('.passage', { hasText: 'the cat sat on the mat' }).waitFor();
    await lab.fill(says('vocabulary.size'), '270');
    await lab.fill(says('vocabulary.sample'), 'the hat');
    await lab.button('learn').click();
    await lab.waitFor('.merges');
    const pieces = (): Promise<string[]> => lab.stage.locator('.sample-now .chip').allInnerTexts();
    const learned = await pieces();
    await lab.frame.locator('main').focus();
    await workbench.page.keyboard.press('Home');
    await lab.button('merge-back').and(lab.frame.locator('[disabled]')).waitFor();
    const bytes = await pieces();
    assert.equal(bytes.length, 'the hat'.length);
    assert.ok(learned.length < bytes.length, learned.join(' '));
    await workbench.page.keyboard.press('n');
    await lab.stage.locator('.sample-now .fresh').first().waitFor();
    const first = await lab.stage.locator('.pair').innerText();
    assert.match(first, /\d/, first);
    await workbench.page.keyboard.press('End');
    await shoot(workbench, 'lab-vocabulary');
  });

  it('saves the vocabulary as a tokenizer.json', async () => {
    const file = place('mine.json');
    await lab.stage.getByText(says('vocabulary.save')).click();
    await workbench.answerFileDialog(file);
    await lab.stage.getByText('mine.json').waitFor();
    const { model } = JSON.parse(readFileSync(file, 'utf8')) as {
      model: { vocab: object; merges: unknown[] };
    };
    assert.equal(Object.keys(model.vocab).length, 270);
    assert.equal(model.merges.length, 270 - 257);
  });

  it('says what is wrong with a text: binary, empty, too short', async () => {
    const notice = lab.stage.locator('.notice, .faults');
    for (const [name, content] of [
      ['binary.bin', Uint8Array.of(80, 75, 0, 3)],
      ['empty.txt', ''],
    ] as const) {
      writeFileSync(place(name), content);
      await lab.go('vocabulary');
      await lab.stage.getByText(says('corpus.choose')).click();
      await workbench.answerFileDialog(place(name));
      await lab.waitFor(`.files li[title$="${name}"]`);
      await lab.go('training');
      await lab.button('make-run').click();
      await notice.first().waitFor();
      assert.ok((await notice.first().innerText()).length > 20);
    }
    await lab.go('vocabulary');
    await lab.stage.getByText(says('corpus.choose')).click();
    await workbench.answerFileDialog(place('rhyme.txt'));
    await lab.waitFor('.files li[title$="rhyme.txt"]');
    await lab.go('model');
    await lab.fill(says('model.context'), '4000');
    await lab.go('training');
    await lab.button('make-run').click();
    await notice.first().waitFor();
    assert.match(await notice.first().innerText(), /\d/);
    await lab.go('model');
    await lab.fill(says('model.context'), '32');
  });

  it('trains on it, one step shown whole, and measures what a step costs', async () => {
    await lab.go('training');
    await lab.fill(says('training.steps'), '30');
    await lab.button('make-run').click();
    await lab.waitFor('.run-state[data-step="0"]');
    await lab.button('run-step').click();
    await lab.waitFor('.step-detail[data-step="1"]');
    await lab.stage.locator('.step-detail button', { hasText: 'wte.weight' }).first().click();
    const table = lab.stage.locator('.step-detail table.twin').last();
    await table.waitFor();
    const rows = (await table.locator('tbody tr').allInnerTexts()).map((row) =>
      row.split('\t').slice(1).map(readScientific),
    );
    assert.ok(rows.length > 5);
    for (const [before = NaN, gradient = NaN, update = NaN, after = NaN] of rows) {
      // Five decimals are written.
      assert.ok(Math.abs(before + update - after) < 2e-5, `${before} + ${update} = ${after}`);
      // The first step of AdamW goes against the gradient, by the rate and a little decay.
      assert.ok(gradient * update < 0, `${gradient}, ${update}`);
    }
    await shoot(workbench, 'lab-step');
    await lab.stage.locator('vscode-button', { hasText: says('cost.measure') }).click();
    await lab.waitFor('table.cost');
    const costs = await lab.rows(lab.stage.locator('table.cost'));
    const times = costs.map(([ms = Number.NaN]) => ms);
    // Training, its forward half, generating; on a busy machine they need not be in this order.
    assert.equal(times.length, 3);
    assert.ok(times.every((ms) => ms > 0));
  });

  it('saves the model as a folder that the Inspector and the command line open', async () => {
    await lab.button('run-toggle').click();
    await lab.waitFor('.run-state[data-state="finished"]');
    const folder = place('my-model');
    await lab.stage.locator('vscode-button', { hasText: says('training.save') }).click();
    await workbench.answerFileDialog(folder);
    await lab.stage.getByText(folder).first().waitFor();
    const start = ['--prompt', 'the cat', '--max-tokens', '3'];
    const made = await runOrThrow('node', ['dist/cli.js', 'generate', '--model', folder, ...start]);
    assert.equal(made.trim().split('\n').length, 4);
    await workbench.page.getByText('Open in the Inspector').click();
    await workbench.answerDialog('Load');
  });

  it('opens an experiment of a file and saves it again', async () => {
    await lab.go('experiments');
    await lab.stage.locator('button[data-change="label-noise"]').click();
    await lab.fill(says('experiments.prediction'), 'It learns less.');
    const file = place('noise.experiment.json');
    await lab.stage.getByText(says('experiments.save')).click();
    await workbench.answerFileDialog(file);
    await lab.stage.getByText(file).waitFor();
    const saved = JSON.parse(readFileSync(file, 'utf8')) as { prediction: string };
    assert.equal(saved.prediction, 'It learns less.');
    writeFileSync(file, JSON.stringify({ ...saved, prediction: 'Written by hand.' }));
    await lab.stage.getByText(says('experiments.open')).click();
    await workbench.answerFileDialog(file);
    const prediction = lab.field(says('experiments.prediction'));
    await prediction.and(lab.frame.locator('textarea, input')).first().waitFor();
    await assertEventually(() => prediction.inputValue(), 'Written by hand.');
  });

  it('can be resumed when the window was closed in mid-run', async () => {
    await lab.go('training');
    await lab.stage.locator('vscode-button', { hasText: says('training.end') }).click();
    await lab.fill(says('training.steps'), '100000');
    await lab.button('make-run').click();
    await lab.waitFor('.run-state[data-step="0"]');
    await lab.button('run-toggle').click();
    await lab.waitFor('.run-state[data-state="running"]:not([data-step="0"])');
    await workbench.reloadWindow();
    lab = await LabPage.of(workbench);
    // As it was written down when the window went: not where it began.
    await lab.waitFor('.run-state[data-state="paused"]:not([data-step="0"])');
    const state = lab.stage.locator('.run-state').first();
    const left = Number(await state.getAttribute('data-step'));
    await lab.button('run-step').click();
    await lab.waitFor(`.run-state[data-step="${left + 1}"]`);
  });

  it('made a model that the Inspector takes apart, as it does the tiny one for lessons', async () => {
    await workbench.focusEditor(sentence.file);
    const inspector = await InspectorPage.inspect(workbench);
    const name = inspector.frame.locator('button.model');
    await name.filter({ hasText: 'my-model' }).waitFor();
    await workbench.runCommand(commandTitle('useTinyModel', 'en'));
    await name.filter({ hasText: 'tiny' }).waitFor();
    for (const step of steps) {
      await inspector.open(step);
      assert.equal(await inspector.stage.locator('.faults').count(), 0, step);
    }
    await inspector.open('predict');
    const [best] = await generate(sentence.text, 1, 'media/models/tiny');
    // The table's first row is the most likely token: its id is one of the numbers.
    assert.ok(best);
    await inspector.stage.getByText(best.text.trim()).first().waitFor();
    await shoot(workbench, 'tiny-predict');
  });

  it('takes the file that is in the editor as the text to learn from', async () => {
    await workbench.focusEditor(sentence.file);
    await workbench.runCommand(commandTitle('trainOnFiles', 'en'));
    // The page was hidden, and is another one now.
    lab = await LabPage.of(workbench);
    await lab.waitFor(`.files li[title$="${sentence.file}"]`);
    await lab.stage.locator('.passage', { hasText: sentence.text }).waitFor();
  });
});

/** `4.2·10⁻⁷` and plain numbers. */
function readScientific(text: string): number {
  const signs = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const plain = text
    .trim()
    .replaceAll('−', '-')
    .replace(/·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/, (_, power: string) => {
      const digits = power
        .replaceAll('⁻', '-')
        .replace(/[⁰-⁹¹²³]/g, (d) => String(signs.indexOf(d)));
      return `e${digits}`;
    });
  return Number(plain);
}

async function assertEventually(read: () => Promise<string>, expected: string): Promise<void> {
  const giveUp = Date.now() + 10_000;
  while ((await read()) !== expected && Date.now() < giveUp) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(await read(), expected);
}
