// The vocabulary in real VS Code: what is found and how it comes about, as the command line has it; in both languages.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import { readBundle } from '../l10n/bundles';
import { seriousViolations } from './axe';
import { commandTitle } from './commandTitle';
import { Session, shoot, shootFailures, themes } from './session';

interface Entry {
  readonly id: number;
  readonly text: string | null;
  readonly reach: string;
  readonly rank?: number;
}

function entries(...options: string[]): Entry[] {
  const output = execFileSync(process.execPath, ['dist/cli.js', 'tokens', ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return output
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

/** Sentences of the page, by the end of their key. */
function words(language: 'en' | 'ja'): (key: string) => string {
  const bundle = readBundle(`media/l10n/vocabulary.${language}.json`);
  return (key) => bundle[`browse.${key}`] ?? key;
}

const t = words('en');

describe('The vocabulary', () => {
  let session: Session;
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    session = await Session.start();
    workbench = await session.open();
    await workbench.runCommand(commandTitle('browseVocabulary', 'en'));
    frame = await workbench.webview('#grid');
  });

  after(async () => {
    await workbench.close();
    await session.stop();
  });
  shootFailures(() => workbench);

  const status = (): Locator => frame.locator('.search [role="status"]');
  const found = (count: number): Promise<void> =>
    status()
      .filter({ hasText: t('found').replace('{count}', count.toLocaleString('en')) })
      .waitFor();
  const listed = async (): Promise<number[]> => {
    const ids = await frame
      .locator('.rows [role="row"]')
      .evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-id'))));
    return ids.sort((a, b) => a - b);
  };
  const search = async (kind: string, typed: string): Promise<void> => {
    await frame.locator('.search select').selectOption(kind);
    await frame.locator('#search').fill(typed);
  };

  it('lists the entries that the command line finds by text, bytes, id and expression', async () => {
    await found(entries().length);
    for (const [kind, typed] of [
      ['text', 'girl'],
      ['bytes', 'E3 81 82'],
      ['id', '464'],
      ['expression', '^ [A-Z][a-z]{6}$'],
    ] as const) {
      await search(kind, typed);
      const expected = entries(`--${kind}`, typed).map(({ id }) => id);
      assert.ok(expected.length > 0 && expected.length < 30, `${kind} finds ${expected.length}`);
      await found(expected.length);
      assert.deepEqual(await listed(), expected);
    }
    await search('expression', '(');
    await frame.locator('#search[aria-invalid="true"]').waitFor();
    await search('text', '');
    await found(entries().length);
  });

  it('filters by the bars, which count what the command line finds', async () => {
    const ways = frame.locator('[data-facet="reach"] .bar');
    const starts = ways.filter({ hasText: t('reach.start') });
    assert.equal(
      await starts.locator('.count').innerText(),
      String(entries('--reach', 'start').length),
    );
    await starts.click();
    await found(256);
    await frame.locator('.filter').click();
    await found(entries().length);
  });

  it('tells of a token its last merge and those most like it, and is moved by keys', async () => {
    await search('expression', '^ girl$');
    await found(1);
    await frame.locator('#grid').focus();
    await workbench.page.keyboard.press('ArrowDown');
    const details = frame.locator('.details');
    const [girl] = entries('--expression', '^ girl$');
    await frame.locator(`.details[data-id="${girl?.id}"]`).waitFor();
    await details.filter({ hasText: (girl?.rank ?? NaN).toLocaleString('en') }).waitFor();
    const cosines = details.locator('.similar .count');
    await cosines.first().waitFor();
    const values = (await cosines.allInnerTexts()).map((text) => Number(text.replace('−', '-')));
    assert.ok(values.length > 10 && values.every((value) => value <= 1 && value >= -1));
    assert.deepEqual(
      values,
      values.toSorted((a, b) => b - a),
    );
    await search('text', '');
    for (const [theme, { name, id }] of Object.entries(themes)) {
      await workbench.chooseTheme(name);
      await frame.locator(`body[data-vscode-theme-id="${id}"]`).waitFor({ state: 'attached' });
      await shoot(workbench, `vocabulary-en-${theme}`);
      assert.deepEqual(await seriousViolations(frame), []);
    }
    await workbench.chooseTheme(themes.dark.name);
  });

  it('follows the choice of another tokenizer, and lists 100,000 entries by scrolling', async () => {
    await frame.locator('vscode-button', { hasText: t('choose') }).click();
    await workbench.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: 'cl100k_base' })
      .click();
    await frame.locator('h1', { hasText: 'cl100k_base' }).waitFor();
    const all = entries('--tokenizer', 'cl100k_base');
    await found(all.length);
    await frame.locator('[data-facet="reach"] .bar').first().waitFor({ timeout: 90_000 });
    const inside = frame.locator('[data-facet="reach"] .bar', { hasText: t('reach.inside') });
    const expected = all.filter(({ reach }) => reach === 'inside').length;
    assert.equal(await inside.locator('.count').innerText(), expected.toLocaleString('en'));
    await frame.locator('#grid').focus();
    await workbench.page.keyboard.press('End');
    await frame.locator(`.rows [data-id="${all.at(-1)?.id}"][aria-selected="true"]`).waitFor();
    await shoot(workbench, 'vocabulary-cl100k-dark');
  });

  it('comes back after a reload of the window with its search and its tokenizer', async () => {
    await search('expression', '^ girls?$');
    const count = entries('--tokenizer', 'cl100k_base', '--expression', '^ girls?$').length;
    await found(count);
    await workbench.reloadWindow();
    frame = await workbench.webview('#grid');
    await frame.locator('h1', { hasText: 'cl100k_base' }).waitFor();
    await found(count);
    assert.equal(await frame.locator('#search').inputValue(), '^ girls?$');
  });

  it('speaks Japanese', async () => {
    await workbench.close();
    workbench = await session.open({ language: 'ja' });
    await workbench.runCommand(commandTitle('browseVocabulary', 'ja'));
    frame = await workbench.webview('#grid');
    const says = words('ja');
    await frame.locator('[data-facet="script"] h2', { hasText: says('facet.script') }).waitFor();
    await frame.locator('[data-facet="reach"] .bar').first().waitFor({ timeout: 90_000 });
    await frame.locator('.rows [role="row"]').nth(3).click();
    await shoot(workbench, 'vocabulary-ja-dark');
  });
});
