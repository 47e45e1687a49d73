// Stepping as a person meets it: ghost text, the line as it is written, the status bar, lists.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import { shoot } from './session';

/** Where the caret is put: a file of the sample, and a zero-based line of it up to a text's end. */
export interface Spot {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export class SteppingPage {
  readonly workbench: Workbench;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
  }

  get ghost(): Locator {
    return this.workbench.page.locator('.ghost-text-decoration, .ghost-text').first();
  }

  get status(): Locator {
    return this.workbench.page.locator('.statusbar-item[id*="tokenscope.generation"]');
  }

  get list(): Locator {
    return this.workbench.page.locator('.quick-input-widget:visible');
  }

  async begin({ file, line, text }: Spot): Promise<void> {
    await this.workbench.openFile(file);
    await this.workbench.placeCaret(line, text.length);
    await this.workbench.runCommand('Tokenscope: Start Generation Here');
  }

  press(key: string): Promise<void> {
    return this.workbench.page.keyboard.press(key);
  }

  /** Two keys one after another. */
  async chord(second: string): Promise<void> {
    await this.press('Control+K');
    await this.press(second);
  }

  /** Chooses from the list of all tokens; resolves with what was written. */
  async chooseRank(rank: number, picture: string): Promise<string> {
    await this.chord('Alt+C');
    const rows = this.list.locator('.monaco-list-row');
    // The list is drawn anew until all of its previews are there; a row would lose the focus.
    await rows.filter({ hasText: '→' }).nth(4).waitFor();
    await shoot(this.workbench, picture);
    await this.list.locator('input.input').fill(`rank ${rank} `);
    const row = rows.filter({ hasText: `rank ${rank} ` }).first();
    await row.waitFor();
    const label = (await row.locator('.label-name').first().textContent()) ?? '';
    await this.press('Enter');
    return label.replaceAll('·', ' ');
  }

  /** Waits until so many places are tinted. */
  async tinted(count: number): Promise<void> {
    await this.#becomes('tinted places', String(count), async () =>
      String(
        await this.workbench.page.evaluate(() => {
          const marks = document.querySelectorAll('.monaco-editor .view-overlays .cdr');
          const hasLine = (mark: Element): boolean =>
            getComputedStyle(mark).borderBottomWidth === '2px';
          return [...marks].filter(hasLine).length;
        }),
      ),
    );
  }

  /** The text that is dimmed, as far as it is drawn. */
  async dimmed(): Promise<string> {
    const text = await this.workbench.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .view-line span span')]
        .filter((span) => getComputedStyle(span).opacity === '0.45')
        .map((span) => span.textContent)
        .join(''),
    );
    return shown(text);
  }

  /** Waits until the ghost text is this one; fails with the one that is there. Line ends are drawn as lines. */
  async offers(text: string): Promise<void> {
    await this.#becomes('ghost text', text.replaceAll(/\r?\n/g, ''), async () =>
      (await this.ghost.count()) === 0 ? '' : shown(await this.ghost.textContent()),
    );
  }

  /** Waits until there is ghost text, and not this one. */
  async offersAnother(text: string): Promise<void> {
    await this.#becomes('other ghost text', 'yes', async () => {
      const seen = (await this.ghost.count()) === 0 ? '' : shown(await this.ghost.textContent());
      return seen !== '' && seen !== text ? 'yes' : seen;
    });
  }

  async shows(line: string): Promise<void> {
    await this.#becomes('line', line, () => this.line());
  }

  /** The caret's line without ghost text, as the editor draws it. */
  async line(): Promise<string> {
    const text = await this.workbench.page.evaluate(() => {
      const editor = document.querySelector('.editor-group-container.active .monaco-editor');
      const caret = editor?.querySelector<HTMLElement>('.cursors-layer .cursor');
      const lines = [...(editor?.querySelectorAll<HTMLElement>('.view-lines .view-line') ?? [])];
      const line = lines.find(({ style }) => style.top === caret?.style.top);
      const copy = line?.cloneNode(true) as Element | undefined;
      for (const ghost of copy?.querySelectorAll('.ghost-text-decoration, .ghost-text') ?? []) {
        ghost.remove();
      }
      return copy?.textContent ?? '';
    });
    return shown(text);
  }

  async #becomes(what: string, expected: string, look: () => Promise<string>): Promise<void> {
    const giveUp = Date.now() + 15_000;
    let seen = await look();
    while (seen !== expected && Date.now() < giveUp) {
      await this.workbench.page.waitForTimeout(30);
      seen = await look();
    }
    assert.equal(seen, expected, what);
  }
}

/** The editor draws spaces as no-break spaces, and as dots where whitespace is shown. */
function shown(text: string | null): string {
  return (text ?? '').replaceAll(/[\u00a0·]/g, ' ').replaceAll('\u200c', '');
}
