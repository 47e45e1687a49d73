// Stepping point by point in three kinds of files, with another extension's ghost text beside ours.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionRecord } from '../../src/protocol/sessionRecord';
import { runOrThrow } from '../harness/processes';
import type { Workbench } from '../harness/workbench';
import { generate, tokenize } from './commandLine';
import type { GeneratedLine } from './commandLine';
import { InspectorPage } from './inspectorPage';
import { otherText, writeOtherProvider } from './otherProvider';
import { sentence, Session, shoot, shootFailures } from './session';
import { SteppingPage } from './steppingPage';
import type { Spot } from './steppingPage';

const spots = {
  TypeScript: { file: 'code.ts', line: 3, text: '  for (let n = 0; n' },
  Markdown: sentence,
  Japanese: { file: 'mukashi.txt', line: 0, text: 'むかしむかし、あるところに' },
} as const satisfies Record<string, Spot>;

/** The last one's session goes on. */
const chosenIn = {
  TypeScript: spots.TypeScript,
  Japanese: spots.Japanese,
  Markdown: spots.Markdown,
} as const;

/** What the model reads: all of the file before the caret. */
function contextOf({ file, line, text }: Spot): string {
  const lines = readFileSync(`media/sample/${file}`, 'utf8').split('\n');
  return [...lines.slice(0, line), text].join('\n');
}

/** The command line's tokens after it. */
async function expectedOf(spot: Spot, count: number): Promise<GeneratedLine[]> {
  return generate(contextOf(spot), count);
}

describe('Stepping beside another provider in the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;
  let page: SteppingPage;
  /** The line with what was chosen from the list. */
  let chosen = '';

  before(async () => {
    session = await Session.start({
      'tokenscope.generation.maxTokens': 12,
      'editor.wordWrap': 'on',
    });
    const other = session.beside('other');
    writeOtherProvider(other.path);
    workbench = await session.open({ payload: [['extensionDevelopmentPath', other.uri]] });
    page = new SteppingPage(workbench);
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  for (const [language, spot] of Object.entries(spots)) {
    it(`offers, takes, turns and steps back in ${language} as the command line generates`, async () => {
      const [first, second] = await expectedOf(spot, 2);
      assert.ok(first !== undefined && second !== undefined);
      await page.begin(spot);
      const before = await page.line();
      await page.offers(first.text);
      const probability = `${(first.probability * 100).toFixed(2)} %`;
      await page.status.filter({ hasText: probability }).filter({ hasText: 'rank 1' }).waitFor();
      await page.press('Tab');
      await page.offers(second.text);
      const atCaret = before.slice(0, spot.text.length) + first.text;
      await page.shows(atCaret + before.slice(spot.text.length));
      await page.press('Alt+.');
      await page.status.filter({ hasText: 'rank 2' }).waitFor();
      await page.offersAnother(second.text);
      await page.press('Alt+,');
      await page.offers(second.text);
      await page.press('Alt+Backspace');
      await page.shows(before);
      await page.press('Control+Z');
      await page.shows(atCaret + before.slice(spot.text.length));
      await page.press('Control+Z');
      await page.shows(before);
      await page.press('Escape');
      await page.status.waitFor({ state: 'hidden' });
    });
  }

  it('leaves the other provider’s ghost text where nobody steps', async () => {
    await workbench.placeCaret(sentence.line, sentence.text.length);
    await workbench.runCommand('Trigger Inline Suggestion');
    await page.offers(otherText);
    await page.press('Escape');
  });

  for (const [language, spot] of Object.entries(chosenIn)) {
    it(`lists the whole distribution in ${language}, says where the first would lead, and writes what is chosen`, async () => {
      const [first] = await expectedOf(spot, 1);
      await page.begin(spot);
      await page.offers(first?.text ?? '');
      const before = await page.line();
      const piece = await page.chooseRank(3, `stepping-choose-${language}`);
      const head = before.slice(0, spot.text.length) + piece;
      await page.shows(head + before.slice(spot.text.length));
      await page.tinted(1);
      chosen = head;
      if (spot === sentence) return;
      await page.press('Escape');
      await page.status.waitFor({ state: 'hidden' });
      await page.tinted(0);
      await page.press('Control+Z');
      await page.shows(before);
    });
  }

  it('leaves keys to other editors, and goes on where it was', async () => {
    const count = workbench.page.locator('.statusbar-item[id*="tokenscope.count"]');
    const here = (await count.textContent()) ?? '';
    await workbench.openFile(spots.TypeScript.file);
    // The extension has heard of the other editor when it counts that one's tokens.
    await count.filter({ hasNotText: here }).filter({ hasText: /\d/ }).waitFor();
    await page.press('Escape');
    await page.press('Alt+.');
    await workbench.focusEditor(sentence.file);
    await page.ghost.waitFor();
    await page.shows(chosen);
    await page.press('ArrowLeft');
    await page.ghost.waitFor({ state: 'detached' });
    await page.press('ArrowRight');
    await page.ghost.waitFor();
  });

  it('keeps both lines as branches, shows beams, and switches between them', async () => {
    await page.press('Alt+Backspace');
    await page.shows(sentence.text);
    await page.chord('Alt+1');
    await page.shows(sentence.text + ((await expectedOf(sentence, 1))[0]?.text ?? ''));
    await workbench.runCommand('Focus on Branches View');
    const branches = page.workbench.page.locator(
      '.monaco-list[aria-label*="Branches"] .monaco-list-row',
    );
    await branches.nth(1).waitFor();
    assert.match((await branches.nth(1).textContent()) ?? '', /PPL \d/);
    await workbench.runCommand('Tokenscope: Show Beams');
    await branches.filter({ hasText: 'Beams after 11 tokens' }).waitFor();
    assert.equal(await branches.count(), 2 + 1 + 4);
    await shoot(workbench, 'stepping-branches');
    await branches.nth(1).click();
    await branches
      .nth(1)
      .filter({ has: workbench.page.locator('.codicon-check') })
      .waitFor();
    await page.press('F2');
    await page.list.filter({ hasText: 'Name the branch' }).waitFor();
    const name = page.list.locator('input.input');
    await name.fill('the third');
    await name.press('Enter');
    await branches.filter({ hasText: 'the third' }).waitFor();
    await workbench.focusEditor(sentence.file);
    await page.shows(chosen);
    await workbench.runCommand('Tokenscope: Compare with the Branch in the Text…');
    await page.list.locator('.monaco-list-row').filter({ hasText: 'perplexity' }).first().click();
    await workbench.page.locator('.monaco-diff-editor').waitFor();
    await shoot(workbench, 'stepping-compare');
    await workbench.runCommand('View: Close Editor');
    await workbench.focusEditor(sentence.file);
  });

  it('tells of a token under the pointer, and explains it at its very step', async () => {
    await workbench.placeCaret(sentence.line, sentence.text.length + 1);
    await workbench.runCommand('Show or Focus Hover');
    const card = workbench.page.locator('.monaco-hover:visible');
    await card.filter({ hasText: 'rank 3' }).waitFor();
    await shoot(workbench, 'stepping-hover');
    await card.getByText('Explain this token').click();
    const inspector = await InspectorPage.of(workbench);
    await inspector.frame.locator('main[data-step="predict"]').waitFor();
    // The step stands before the token: its text is the context alone.
    const tokens = (await inspector.ids()).length;
    assert.equal(tokens, (await tokenize(contextOf(sentence))).length);
    await workbench.closePanel();
  });

  it('runs until it stops, and says why', async () => {
    await workbench.placeCaret(sentence.line, chosen.length);
    await page.chord('Alt+R');
    await page.status.filter({ hasText: /length limit|repetition|end token/ }).waitFor();
    await page.press('Control+Z');
    await page.shows(chosen);
  });

  it('saves the session as a record that the command line reproduces, and opens it again', async () => {
    const file = join(workbench.server.workspace, 'session.tokenscope.json');
    await workbench.runCommand('Tokenscope: Save the Session…');
    await page.list.locator('input.input').waitFor();
    await page.list.getByText('OK', { exact: true }).click();
    const giveUp = Date.now() + 10_000;
    while (!existsSync(file) && Date.now() < giveUp) await workbench.page.waitForTimeout(50);
    const output = await runOrThrow(process.execPath, ['dist/cli.js', 'replay', file]);
    assert.match(output, /"reproduced":true/);
    const record = JSON.parse(readFileSync(file, 'utf8')) as SessionRecord;
    const current = record.pieces[record.current]?.text;
    assert.equal(current, chosen.slice(sentence.text.length));
    assert.equal(record.pieces[record.current]?.name, 'the third');
    await workbench.focusEditor(sentence.file);
    await page.press('Escape');
    await workbench.runCommand('Tokenscope: Open a Saved Session…');
    await page.list.getByText('session.tokenscope.json').click();
    await workbench.page
      .locator('.statusbar-item')
      .filter({ hasText: 'came out the same' })
      .waitFor();
    await page.offers(chosen.slice(sentence.text.length));
    await page.press('Tab');
    await page.shows(chosen);
    await page.press('Escape');
  });

  it('marks what fits the window of a long conversation', async () => {
    const said = 'The king went to the castle and said that the night was dark. ';
    const conversation = `# system\n\nBe kind.\n\n# user\n\n${said.repeat(30)}\n\n# assistant\n\nThe`;
    writeFileSync(join(workbench.server.workspace, 'long.md'), conversation);
    await workbench.openFile('long.md');
    await workbench.runCommand('Tokenscope: Start Generation Here');
    await page.ghost.waitFor();
    const marks = await workbench.decorationTexts();
    assert.deepEqual(
      marks.filter((mark) => mark === '⟦'),
      ['⟦'],
    );
    // The window starts inside of what the user said.
    const dimmed = await page.dimmed();
    assert.ok(dimmed.startsWith('# system'), dimmed);
    assert.ok(dimmed.includes('The king went'), dimmed);
    assert.ok(!dimmed.includes('# assistant'), dimmed);
    await shoot(workbench, 'stepping-long-conversation');
    await page.press('Escape');
    await page.status.waitFor({ state: 'hidden' });
    assert.equal(await page.dimmed(), '');
  });

  it('renders a conversation, shows the string, and writes the answer', async () => {
    await workbench.runCommand('Tokenscope: New Conversation');
    const heading = workbench.page.locator('.view-line').filter({ hasText: '# developer' });
    await heading.waitFor();
    await workbench.page.keyboard.type('Tell me about the king.');
    await page.press('Control+End');
    await workbench.page.keyboard.type('The king was');
    await workbench.runCommand('Tokenscope: Show Context String');
    await workbench.page
      .locator('.view-line')
      .filter({ hasText: /^Tell\sme\sabout\sthe\sking\.$/ })
      .nth(1)
      .waitFor();
    const [first] = await generate('Tell me about the king.\n\nThe king was', 1);
    await workbench.page.locator('.tab').filter({ hasText: '# system' }).click();
    await workbench.runCommand('Tokenscope: Start Generation Here');
    await page.offers(first?.text ?? '');
    await page.press('Tab');
    await page.shows(`The king was${first?.text ?? ''}`);
  });
});
