import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import { generate } from './commandLine';
import { InspectorPage } from './inspectorPage';
import { sentence, Session, shoot, shootFailures } from './session';

describe('Stepping the generation in the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;

  before(async () => {
    session = await Session.start({ 'tokenscope.generation.maxTokens': 8 });
    workbench = await session.open();
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  it('generates in the Inspector what the command line generates, with the same probabilities', async () => {
    const expected = await generate(sentence.text, 8);
    const inspector = await InspectorPage.inspect(workbench);
    await inspector.pressTimeline('step');
    await inspector.generated.first().waitFor();
    assert.equal(await inspector.generated.count(), 1);
    await inspector.pressTimeline('run');
    await inspector.generated.nth(expected.length - 1).waitFor();
    await inspector.frame.locator('.timeline .status').filter({ hasText: '8' }).waitFor();
    assert.equal(await inspector.generated.count(), expected.length);
    for (const [index, token] of expected.entries()) {
      const hint = (await inspector.generated.nth(index).getAttribute('title')) ?? '';
      const percent = Number(/([\d.]+) %/.exec(hint)?.[1]);
      // Three digits are written.
      assert.ok(
        Math.abs(percent / 100 - token.probability) <= 0.0006,
        `${hint} for ${token.probability}`,
      );
      assert.match(hint, new RegExp(`rank ${token.rank}\\b`));
    }
    await shoot(workbench, 'generated-en-dark');
  });

  it('steps back in the Inspector without forgetting the line', async () => {
    const inspector = await InspectorPage.of(workbench);
    const length = await inspector.tokens.count();
    await inspector.pressTimeline('back');
    await inspector.frame.locator('.timeline .made[data-after]').waitFor();
    assert.equal(await inspector.generated.count(), 8);
    await assertCount(inspector.tokens, length - 1);
    await workbench.closePanel();
  });

  it('offers the next token as ghost text, Tab takes it, undo takes exactly one back', async () => {
    const before = await lineText(workbench);
    await workbench.focusEditor(sentence.file);
    await workbench.placeCaret(sentence.line, sentence.text.length);
    await workbench.runCommand('Tokenscope: Step Generation');
    const first = await ghost(workbench);
    await shoot(workbench, 'ghost-text-dark');
    await workbench.page.keyboard.press('Tab');
    await waitForLine(workbench, before + first);
    const second = await ghost(workbench);
    await workbench.page.keyboard.press('Tab');
    await waitForLine(workbench, before + first + second);
    await workbench.page.keyboard.press('Control+Z');
    await waitForLine(workbench, before + first);
    await workbench.page.keyboard.press('Control+Z');
    await waitForLine(workbench, before);
  });

  it('writes nothing without a key, and Escape ends it', async () => {
    const before = await lineText(workbench);
    await ghost(workbench);
    await workbench.page.keyboard.press('Escape');
    await ghostText(workbench).waitFor({ state: 'detached' });
    assert.equal(await lineText(workbench), before);
  });
});

function ghostText(workbench: Workbench): Locator {
  return workbench.page.locator('.ghost-text-decoration, .ghost-text').first();
}

async function ghost(workbench: Workbench): Promise<string> {
  await ghostText(workbench).waitFor();
  return spaces((await ghostText(workbench).textContent()) ?? '');
}

/** The sample's line without ghost text. */
async function lineText(workbench: Workbench): Promise<string> {
  const line = workbench.lines.filter({ hasText: 'Once' }).first();
  const text = await line.evaluate((element) => {
    const copy = element.cloneNode(true) as Element;
    for (const ghost of copy.querySelectorAll('.ghost-text-decoration, .ghost-text'))
      ghost.remove();
    return copy.textContent;
  });
  return spaces(text);
}

async function waitForLine(workbench: Workbench, expected: string): Promise<void> {
  const giveUp = Date.now() + 10_000;
  while ((await lineText(workbench)) !== expected && Date.now() < giveUp) {
    await workbench.page.waitForTimeout(50);
  }
  assert.equal(await lineText(workbench), expected);
}

async function assertCount(locator: Locator, expected: number): Promise<void> {
  await locator.nth(expected).waitFor({ state: 'detached' });
  assert.equal(await locator.count(), expected);
}

/** The editor draws spaces as no-break spaces. */
function spaces(text: string): string {
  return text.replaceAll(/[\u00a0·]/g, ' ');
}
