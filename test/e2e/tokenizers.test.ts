// Another tokenizer in real VS Code: chosen from the list, counted beside its name, shown in the text.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Workbench } from '../harness/workbench';
import { sentence, Session, shoot, shootFailures } from './session';

interface Token {
  readonly id: number;
}

function tokensOf(name: string): Token[] {
  const args = ['dist/cli.js', 'tokenize', '--tokenizer', name, '-'];
  const output = execFileSync(process.execPath, args, { input: sentence.text, encoding: 'utf8' });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Token);
}

describe('Tokenizers in the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    await workbench.runCommand('Tokenscope: Show Tokens');
    await workbench.selectInLine(sentence.line, 0, sentence.text.length);
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  it('are listed with their counts for the selection', async () => {
    await workbench.runCommand('Tokenscope: Choose Tokenizer…');
    const row = workbench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: 'o200k_base' });
    const count = tokensOf('o200k_base').length;
    await row.filter({ hasText: `${count} tokens` }).waitFor();
    await shoot(workbench, 'tokenizers-dark');
    await row.click();
  });

  it('give the ids that the command line gives', async () => {
    await workbench.selectInLine(sentence.line, 0, sentence.text.length);
    const expected = tokensOf('o200k_base').map(({ id }) => id);
    await until(workbench, (ids) => ids.join() === expected.join());
    const item = workbench.page.locator('.statusbar-item').filter({ hasText: 'tokens' });
    await item.filter({ hasText: `${tokensOf('o200k_base').length} tokens` }).waitFor();
    await shoot(workbench, 'tokenizers-o200k-dark');
  });

  it('are shown as bands without ids, and as boundaries alone', async () => {
    await workbench.runCommand('Tokenscope: Change Token Display');
    await until(workbench, (ids) => ids.length === 0);
    const text = await workbench.lines.nth(sentence.line).innerText();
    assert.ok(text.replaceAll('\u00a0', ' ').startsWith(sentence.text), text);
    await shoot(workbench, 'tokenizers-text-dark');
    await workbench.runCommand('Tokenscope: Change Token Display');
    // One line for each token.
    await workbench.page.waitForFunction((least) => {
      const drawn = [...document.querySelectorAll('.view-overlays .cdr')];
      const lines = drawn.filter((part) => getComputedStyle(part).borderLeftWidth === '1px');
      return lines.length >= least;
    }, tokensOf('o200k_base').length);
    await shoot(workbench, 'tokenizers-boundaries-dark');
  });

  it('are shown with their heat, and its legend in bits is in the status bar', async () => {
    await workbench.runCommand('Tokenscope: Change Token Display');
    const item = workbench.page.locator('.statusbar-item').filter({ hasText: 'perplexity' });
    await item.waitFor();
    const tinted = await workbench.page.waitForFunction(() => {
      const drawn = [...document.querySelectorAll('.view-overlays .cdr')];
      const colours = drawn.map((part) => getComputedStyle(part).backgroundColor);
      const tints = new Set(colours.filter((colour) => colour !== 'rgba(0, 0, 0, 0)'));
      return tints.size >= 3 ? tints.size : undefined;
    });
    assert.ok(Number(await tinted.jsonValue()) >= 3);
    await item.hover();
    const legend = workbench.page.locator('.monaco-hover:visible', { hasText: 'bits' });
    await legend.filter({ hasText: '12' }).first().waitFor();
    await shoot(workbench, 'tokenizers-heat-dark');
    await workbench.runCommand('Tokenscope: Change Token Display');
    await item.waitFor({ state: 'hidden' });
  });
});

/** Waits for what the decorations write as ids; fails with what they write in the end. */
async function until(
  workbench: Workbench,
  isRight: (ids: readonly number[]) => boolean,
): Promise<void> {
  const giveUp = Date.now() + 15_000;
  let ids: number[];
  do {
    await workbench.page.waitForTimeout(100);
    const texts = await workbench.decorationTexts();
    ids = texts.flatMap((text) => (text.match(/\d+/g) ?? []).map(Number));
  } while (!isRight(ids) && Date.now() < giveUp);
  assert.ok(isRight(ids), ids.join(' '));
}
