import assert from 'node:assert/strict';
import type { Workbench } from '../harness/workbench';
import { tokenize, type TokenLine } from './commandLine';
import { sentence, Session, shoot, shootFailures } from './session';

describe('Tokens in the editor of the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;
  let expected: TokenLine[];

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    expected = await tokenize(sentence.text);
    await workbench.runCommand('Tokenscope: Show Tokens');
    await workbench.selectInLine(sentence.line, 0, sentence.text.length);
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  it('shows the id of each token of the selection after it, as the command line counts them', async () => {
    await assertIds(workbench, expected);
    await shoot(workbench, 'inline-selection-dark');
  });

  it('says on hover what the token is and what the model thought of it', async () => {
    const word = workbench.lines.getByText('little', { exact: false }).last();
    await word.hover();
    const card = workbench.page.locator('.monaco-hover:visible').filter({ hasText: 'Inspector' });
    await card.waitFor();
    const text = await card.innerText();
    const little = expected.find((token) => token.text === ' little');
    assert.ok(little);
    assert.ok(text.includes(String(little.id)), `the id ${little.id} is missing in:\n${text}`);
    assert.match(text, /20 6C 69 74 74 6C 65/i);
    assert.match(text, /rank \d+/);
    assert.match(text, /surprisal \d+\.\d bits/);
    await shoot(workbench, 'hover-dark');
  });

  it('opens the Inspector at the token from its hover', async () => {
    await workbench.page
      .locator('.monaco-hover:visible a', { hasText: 'Inspector' })
      .first()
      .click();
    const frame = await workbench.webview('.strip .token[aria-selected="true"]');
    const selected = frame.locator('.strip .token[aria-selected="true"] .text');
    assert.match(await selected.innerText(), /little/);
    await workbench.closePanel();
  });

  it('counts the tokens of the selection in the status bar', async () => {
    await workbench.focusEditor(sentence.file);
    await workbench.selectInLine(sentence.line, 0, sentence.text.length);
    const item = workbench.page.locator('.statusbar-item').filter({ hasText: 'tokens' });
    const perToken = (sentence.text.length / expected.length).toFixed(2);
    await item.filter({ hasText: `${expected.length} tokens · ${perToken} chars/token` }).waitFor();
  });

  it('follows the text when it is edited', async () => {
    await workbench.selectInLine(sentence.line, 0, sentence.text.length);
    await workbench.page.keyboard.type('Hello hello');
    await workbench.lines
      .nth(sentence.line)
      .filter({ hasText: /Hello\shello/ })
      .waitFor();
    await workbench.selectInLine(sentence.line, 0, 'Hello hello'.length);
    await assertIds(workbench, await tokenize('Hello hello'));
    await workbench.page.keyboard.press('Control+Z');
  });

  it('shows after many edits the tokens of the text that they leave', async () => {
    const { page } = workbench;
    await workbench.placeCaret(sentence.line, 4);
    for (const key of [
      'x',
      'Enter',
      'y',
      'Enter',
      'Enter',
      'ArrowUp',
      'z',
      'Backspace',
      'Delete',
    ]) {
      await page.keyboard.press(key);
    }
    await page.keyboard.press('Alt+ArrowDown');
    await page.keyboard.press('Shift+Alt+ArrowDown');
    await page.keyboard.press('Control+Shift+K');
    for (let back = 0; back < 4; back++) await page.keyboard.press('Control+Z');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+C');
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /^# A story/);
    await page.keyboard.press('ArrowLeft');
    await assertIds(workbench, await tokenize(text));
    for (let back = 0; back < 20; back++) await page.keyboard.press('Control+Z');
  });

  it('marks a character once that several tokens share', async () => {
    await workbench.openFile('mukashi.txt');
    const line = '漢字、ひらがな、カタカナ、絵文字🐈は';
    await workbench.selectInLine(4, 0, line.length - 1);
    await assertIds(workbench, await tokenize(line));
    const torn = (await workbench.decorationTexts()).filter((text) => text.includes('·'));
    assert.ok(torn.length > 0, 'no character is marked as shared by several tokens');
    await shoot(workbench, 'inline-japanese-dark');
  });

  it('goes away when it is switched off', async () => {
    await workbench.runCommand('Tokenscope: Show Tokens');
    await assertIds(workbench, []);
  });
});

/** Waits until the decorations write exactly these ids; fails with those that they write in the end. */
async function assertIds(workbench: Workbench, tokens: readonly TokenLine[]): Promise<void> {
  const expected = tokens.map(({ id }) => id);
  const giveUp = Date.now() + 10_000;
  let ids: number[];
  do {
    await workbench.page.waitForTimeout(100);
    const texts = await workbench.decorationTexts();
    ids = texts.flatMap((text) => (text.match(/\d+/g) ?? []).map(Number));
  } while (ids.join() !== expected.join() && Date.now() < giveUp);
  assert.deepEqual(ids, expected);
}
