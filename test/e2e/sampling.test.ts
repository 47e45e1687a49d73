// The sampling controls in the side bar: what they preview is the model's own distribution, and they write settings.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Workbench } from '../harness/workbench';
import { generate } from './commandLine';
import { sentence, Session, shoot, shootFailures } from './session';

describe('The sampling controls in the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  it('preview the next token of the session under their settings', async () => {
    await workbench.focusEditor(sentence.file);
    await workbench.placeCaret(sentence.line, sentence.text.length);
    await workbench.runCommand('Tokenscope: Start Generation Here');
    await workbench.runCommand('Focus on Sampling View');
    const frame = await workbench.webview('.presets');
    const rows = frame.locator('tbody tr');
    await rows.first().waitFor();
    // The context is the text before the caret.
    const lines = readFileSync(`media/sample/${sentence.file}`, 'utf8').split('\n');
    const context = lines.slice(0, sentence.line + 1).join('\n');
    const [token] = await generate(context, 1);
    const text = (await rows.first().textContent()) ?? '';
    const percent = Number(/([\d.]+) %/.exec(text)?.[1]);
    // Three digits are written.
    assert.ok(Math.abs(percent / 100 - (token?.probability ?? NaN)) <= 0.0006, text);
    // Greedy keeps one token.
    await frame.locator('tbody tr.cut').nth(10).waitFor();
    assert.equal(await frame.locator('tbody tr.cut').count(), 11);
    await frame.locator('.presets button').nth(2).click();
    await frame.locator('tbody tr.cut').first().waitFor({ state: 'detached' });
    await shoot(workbench, 'sampling-view-dark');
  });
});
