// The sampling controls in the side bar: what they preview is the model's own distribution, and they write settings.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { Workbench } from '../harness/workbench';
import { generate, generateWith } from './commandLine';
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
    const [token] = await generate(context(), 1);
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

  it('write what is set into the settings, and the next token is made with it', async () => {
    const frame = await workbench.webview('.presets');
    await frame.locator('.presets button').nth(3).click();
    const lively = { temperature: 1.2, minP: 0.05 };
    await written(workbench, lively);
    const options = ['--temperature', '1.2', '--min-p', '0.05', '--seed', '1'];
    const [token] = await generateWith(context(), ...options, '--max-tokens', '1');
    const status = workbench.page.locator('.statusbar-item[id*="tokenscope.generation"]');
    const probability = `${((token?.probability ?? NaN) * 100).toFixed(2)} %`;
    await status.filter({ hasText: probability }).waitFor();
    await frame.locator('.presets button').first().click();
    await written(workbench, { temperature: 0, minP: 0 });
  });
});

/** The text before the caret. */
function context(): string {
  const lines = readFileSync(`media/sample/${sentence.file}`, 'utf8').split('\n');
  return lines.slice(0, sentence.line + 1).join('\n');
}

/** Waits until the workspace's settings hold these. */
async function written(
  { page, server }: Workbench,
  expected: Readonly<Record<string, number>>,
): Promise<void> {
  const file = `${server.workspace}/.vscode/settings.json`;
  const now = (): Record<string, unknown> => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    // VS Code may be in the middle of writing it.
    if (!text.trimEnd().endsWith('}')) return {};
    const settings = JSON.parse(text) as Record<string, unknown>;
    const names = Object.keys(expected);
    return Object.fromEntries(names.map((name) => [name, settings[`tokenscope.sampling.${name}`]]));
  };
  const giveUp = Date.now() + 15_000;
  while (JSON.stringify(now()) !== JSON.stringify(expected) && Date.now() < giveUp) {
    await page.waitForTimeout(50);
  }
  assert.deepEqual(now(), expected);
}
