// Counting, comparing and surprisal in the packaged extension, compared with the command line.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../harness/processes';
import type { Workbench } from '../harness/workbench';
import { commandTitle } from './commandTitle';
import { sentence, Session, shoot, shootFailures } from './session';

interface Count {
  readonly tokens: number;
}

interface Totals {
  readonly tokens: readonly [number, number];
  readonly differences: number;
}

async function cli<Line>(...args: readonly string[]): Promise<Line[]> {
  const output = await runOrThrow(process.execPath, ['dist/cli.js', ...args]);
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('Counting in the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;

  before(async () => {
    session = await Session.start({ 'git.enabled': true });
    workbench = await session.open();
  });
  after(() => session.stop());
  shootFailures(() => workbench);

  const file = (): string => join(workbench.server.workspace, sentence.file);
  const run = (command: string): Promise<void> => workbench.runCommand(commandTitle(command, 'en'));
  const grouped = (value: number): string => value.toLocaleString('en');
  const notification = (text: string | RegExp) =>
    workbench.page.locator('.notification-toast').filter({ hasText: text });

  it('tells the tokens of the file at hand as the command line does', async () => {
    const [count] = await cli<Count>('count', file());
    assert.ok(count);
    await workbench.focusEditor(sentence.file);
    await run('countTokens');
    await notification(`${sentence.file}: ${grouped(count.tokens)} tokens`).waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('finds a token of the vocabulary by its text, and those most like it', async () => {
    const little = join(workbench.server.folder, 'little');
    writeFileSync(little, ' little');
    const [token] = await cli<{ readonly id: number }>('tokenize', little);
    assert.ok(token);
    await run('searchVocabulary');
    const widget = workbench.page.locator('.quick-input-widget:visible');
    await widget.locator('input.input').fill('/^ little$/');
    const row = widget.locator('.monaco-list-row').filter({ hasText: `${token.id} · 20 6C` });
    await row.click();
    await widget.locator('.monaco-list-row').filter({ hasText: 'cosine' }).first().waitFor();
    await shoot(workbench, 'counts-similar');
    await workbench.page.keyboard.press('Escape');
  });

  it('shows step by step how the word at the caret became tokens', async () => {
    interface Piece {
      readonly end: number;
      readonly ids: readonly number[];
      readonly merges: readonly { readonly rank: number }[];
    }
    const pieces = await cli<Piece>('tokenize', '--merges', file());
    const piece = pieces.find(({ merges }) => merges.length > 0);
    assert.ok(piece !== undefined);
    await workbench.focusEditor(sentence.file);
    await workbench.page.keyboard.press('Control+Home');
    for (let n = 1; n < piece.end; n++) await workbench.page.keyboard.press('ArrowRight');
    await run('showMerges');
    const widget = workbench.page.locator('.quick-input-widget:visible');
    const row = (text: string) => widget.locator('.monaco-list-row').filter({ hasText: text });
    await row(`rank ${piece.merges[0]?.rank ?? 'none'}: `).waitFor();
    await shoot(workbench, 'counts-merges');
    await workbench.page.keyboard.press('ArrowUp');
    await row(`token ids: ${piece.ids.join(', ')}`).waitFor();
    await workbench.page.keyboard.press('Escape');
  });

  it('lists the files of the workspace with their tokens, largest first', async () => {
    const names = ['code.ts', 'mukashi.txt', 'story.md'];
    const paths = names.map((name) => join(workbench.server.workspace, name));
    const counts = (await cli<Count>('count', ...paths)).slice(0, 3).map(({ tokens }) => tokens);
    await run('countWorkspace');
    const rows = workbench.page.locator('.pane').filter({ hasText: 'Tokens in Files' });
    for (const [n, name] of names.entries()) {
      const row = rows.locator('.monaco-list-row').filter({ hasText: name });
      await row.filter({ hasText: grouped(counts[n] ?? 0) }).waitFor();
    }
    const texts = await rows.locator('.monaco-list-row').allInnerTexts();
    const order = names.toSorted(
      (a, b) => (counts[names.indexOf(b)] ?? 0) - (counts[names.indexOf(a)] ?? 0),
    );
    assert.deepEqual(
      texts.map((text) => names.find((name) => text.includes(name))),
      order,
    );
    await shoot(workbench, 'counts-files');
  });

  it('counts all of the tree again with another tokenizer', async () => {
    const rows = workbench.page.locator('.pane').filter({ hasText: 'Tokens in Files' });
    const row = rows.locator('.monaco-list-row').filter({ hasText: sentence.file });
    const choose = async (name: string): Promise<void> => {
      await workbench.focusEditor(sentence.file);
      await run('chooseTokenizer');
      const list = workbench.page.locator('.quick-input-widget:visible .monaco-list-row');
      await list.filter({ hasText: name }).first().click();
    };
    const [other] = await cli<Count>('count', '--tokenizer', 'gpt2', file());
    const [own] = await cli<Count>('count', file());
    assert.ok(other && own && other.tokens !== own.tokens);
    await choose('gpt2');
    await row.filter({ hasText: `${grouped(other.tokens)} ·` }).waitFor();
    await rows.filter({ hasText: 'Counted with: gpt2' }).waitFor();
    await choose('own tokenizer');
    await row.filter({ hasText: `${grouped(own.tokens)} ·` }).waitFor();
  });

  it('counts a file of the tree anew when it is saved', async () => {
    const [before] = await cli<Count>('count', file());
    await workbench.focusEditor(sentence.file);
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.type('A girl and a girl and a girl.');
    await workbench.page.keyboard.press('Control+S');
    const rows = workbench.page.locator('.pane').filter({ hasText: 'Tokens in Files' });
    const row = rows.locator('.monaco-list-row').filter({ hasText: sentence.file });
    await row
      .filter({ hasText: `${grouped(before?.tokens ?? NaN)} ·` })
      .waitFor({ state: 'hidden' });
    const [after] = await cli<Count>('count', file());
    assert.ok((after?.tokens ?? 0) > (before?.tokens ?? NaN));
    await row.filter({ hasText: `${grouped(after?.tokens ?? NaN)} ·` }).waitFor();
  });

  it('tells the tokens of what is staged', async () => {
    const { workspace } = workbench.server;
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: workspace, encoding: 'utf8' });
    git('init', '-q');
    writeFileSync(join(workspace, 'staged.txt'), 'There was a little girl.\n');
    git('add', 'staged.txt');
    const diff = join(workspace, '.git', 'staged.diff');
    writeFileSync(diff, git('diff', '--cached'));
    const [count] = await cli<Count>('count', diff);
    assert.ok(count);
    await workbench.reloadWindow();
    await workbench.openFile(sentence.file);
    const giveUp = Date.now() + 30_000;
    const said = notification(`${grouped(count.tokens)} tokens in the diff; changed files: 1 `);
    // The git extension takes a while to find a new repository.
    while ((await said.count()) === 0 && Date.now() < giveUp) {
      await run('countStaged');
      await said.waitFor({ timeout: 3000 }).catch(() => undefined);
    }
    await said.first().waitFor({ timeout: 1000 });
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('compares two tokenizers: totals as the command line tells them, and marks in the text', async () => {
    const both = ['--tokenizer', 'cl100k_base', '--tokenizer', 'o200k_base'];
    const rows = await cli<Totals>('compare-tokenizers', ...both, file());
    const totals = rows.find((row) => 'differences' in row);
    assert.ok(totals);
    await workbench.focusEditor(sentence.file);
    await run('compareTokenizers');
    const input = workbench.page.locator('.quick-input-widget:visible');
    for (const name of ['cl100k_base', 'o200k_base']) {
      await input.locator('.monaco-list-row').filter({ hasText: name }).first().click();
    }
    const report = workbench.lines.filter({ hasText: 'Stretches cut differently' });
    await report.filter({ hasText: `differently: ${grouped(totals.differences)}` }).waitFor();
    const first = workbench.lines.filter({ hasText: '(cl100k_base)' }).first();
    assert.match(
      await first.innerText(),
      new RegExp(`A:\\s+${grouped(totals.tokens[0])}\\stokens`),
    );
    const marks = (await workbench.decorationTexts()).filter((text) => /^\d+→\d+$/.test(text));
    assert.ok(marks.length > 0 && marks.length <= totals.differences);
    await shoot(workbench, 'counts-comparison');
  });

  it('tints the text by surprisal and tells perplexity in the status bar', async () => {
    await workbench.focusEditor(sentence.file);
    await run('stopComparing');
    await run('showSurprisal');
    const item = workbench.page.locator('.statusbar-item').filter({ hasText: 'perplexity' });
    await item.filter({ hasText: /perplexity \d+\.\d · \d+\.\d\d bits\/byte/ }).waitFor();
    await shoot(workbench, 'counts-surprisal');
    await run('showSurprisal');
    await item.waitFor({ state: 'hidden' });
  });
});
