// Drives the VS Code workbench in a browser as a person would: keys, mouse, the command palette.
import { chromium, type Browser, type Frame, type Locator, type Page } from 'playwright-core';
import { findBrowser } from './findBrowser';
import type { Server } from './server';
import { storedStates } from './storedStates';

export interface WorkbenchOptions {
  readonly language?: 'en' | 'ja';
  readonly width?: number;
  readonly height?: number;
  /** File of the workspace to open. */
  readonly file?: string;
  /** Further entries of the payload, such as the extension under development. */
  readonly payload?: readonly (readonly [string, string])[];
}

/** Starts the browser, with further switches if need be; the caller closes it. */
export async function launchBrowser(switches: readonly string[] = []): Promise<Browser> {
  const { executablePath, args, env } = await findBrowser();
  const outer = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return chromium.launch({
    executablePath,
    args: [...args, ...switches],
    env: { ...Object.fromEntries(outer), ...env },
  });
}

export class Workbench {
  /** Opens a window on a server's workspace and waits until it can be used. */
  static async open(
    browser: Browser,
    server: Server,
    options: WorkbenchOptions = {},
  ): Promise<Workbench> {
    const workbench = await Workbench.blank(browser, server, options);
    const payload = [...(options.payload ?? [])];
    if (options.file !== undefined) {
      payload.push(['openFile', server.uri(`${server.workspace}/${options.file}`)]);
    }
    await workbench.load(payload);
    if (options.file !== undefined) await workbench.editorOf(options.file);
    return workbench;
  }

  /** A page for a server's workspace that shows nothing yet. */
  static async blank(
    browser: Browser,
    server: Server,
    options: WorkbenchOptions = {},
  ): Promise<Workbench> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1400, height: options.height ?? 900 },
      locale: options.language === 'ja' ? 'ja-JP' : 'en-US',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    return new Workbench(await context.newPage(), server);
  }

  private constructor(
    readonly page: Page,
    readonly server: Server,
  ) {}

  /** Loads the workbench; waits until it stands, not until extensions run. */
  async load(payload: readonly (readonly [string, string])[]): Promise<void> {
    const query = new URLSearchParams({ folder: this.server.workspace });
    if (payload.length > 0) query.set('payload', JSON.stringify(payload));
    await this.page.goto(`${this.server.address}/?${query.toString()}`);
    await this.page.waitForSelector('.monaco-workbench');
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Waits for the editor of an open file. */
  async editorOf(file: string): Promise<void> {
    await this.page.waitForSelector(`.tab[aria-label*="${file}"]`);
    await this.page.waitForSelector('.monaco-editor .view-line');
  }

  /** Puts the focus into the editor of an open file. */
  async focusEditor(file: string): Promise<void> {
    await this.page.locator(`.tab[data-resource-name="${file}"]`).click();
  }

  /** Closes the panel that a webview fills. */
  async closePanel(): Promise<void> {
    const tab = this.page.locator('.tab[data-resource-name^="webview-"]');
    await tab.click({ button: 'middle' });
    await tab.waitFor({ state: 'detached' });
  }

  /** Reloads as with the command; waits until the workbench stands again. */
  async reloadWindow(): Promise<void> {
    // With the payload in the address, VS Code would open the file it names instead of what was open.
    await this.page.evaluate((folder) => {
      history.replaceState(undefined, '', `?${new URLSearchParams({ folder }).toString()}`);
    }, this.server.workspace);
    const reloaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await reloaded;
    await this.page.waitForSelector('.monaco-workbench');
  }

  /**
   * Waits until VS Code has written a state into the browser's storage that holds all of the texts: it does so every few
   * seconds, when idle, and cannot while the window is left.
   */
  async keepsState(...texts: readonly string[]): Promise<void> {
    const giveUp = Date.now() + 30_000;
    for (;;) {
      const states = await this.page.evaluate(storedStates);
      if (states.some((state) => texts.every((text) => state.includes(text)))) return;
      if (Date.now() > giveUp)
        throw new Error(`VS Code keeps no state with ${texts.join(' and ')}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** Opens a file of the workspace by its name, as with Go to File. */
  async openFile(file: string): Promise<void> {
    await this.#pick(() => this.page.keyboard.press('Control+P'), { text: file, row: file });
    await this.editorOf(file);
  }

  /** Runs a command by its title in the palette. */
  async runCommand(title: string): Promise<void> {
    await this.#pick(() => this.page.keyboard.press('F1'), { text: `>${title}`, row: title });
  }

  /** Changes the colour theme by its name in the list of themes. */
  async chooseTheme(name: string): Promise<void> {
    await this.#pick(() => this.runCommand('Preferences: Color Theme'), { text: name, row: name });
  }

  /** Follows a link of VS Code's own scheme, as one does from outside, and agrees that the extension opens it. */
  async openUrl(url: string): Promise<void> {
    const open = () => this.runCommand('Developer: Open URL');
    await this.#inQuickInput(open, async (widget, timeout) => {
      await widget.locator('input.input').fill(url, { timeout });
      await this.page.keyboard.press('Enter');
    });
    await this.answerDialog('Open');
  }

  /** Presses a button of VS Code's dialog when it comes, and tells what the dialog said. */
  async answerDialog(button: string): Promise<string> {
    const dialog = this.page.locator('.monaco-dialog-box');
    const wanted = dialog.getByRole('button', { name: button, exact: true });
    await wanted.waitFor();
    const said = await dialog.innerText();
    await wanted.click();
    return said;
  }

  /** Types a path into the dialog that asks for a file or a folder, and takes it. */
  async answerFileDialog(path: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    const input = widget.locator('input.input');
    // When it has read its folder the dialog lists it and writes into the input itself, over what is typed by then.
    await widget.locator('.monaco-list-row').first().waitFor();
    while ((await input.inputValue()) === '') await this.page.waitForTimeout(50);
    const giveUp = Date.now() + 30_000;
    for (;;) {
      await this.#untilRead(widget);
      await input.fill(path);
      await this.#untilRead(widget);
      if ((await input.inputValue()) === path) await this.page.keyboard.press('Enter');
      const isClosed = await widget.waitFor({ state: 'hidden', timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (isClosed) return;
      if (Date.now() > giveUp) throw new Error(`the dialog does not take ${path}`);
    }
  }

  /** Waits until a quick input's bar of progress stands still. */
  async #untilRead(widget: Locator): Promise<void> {
    await widget.locator('.monaco-progress-container.active').waitFor({ state: 'detached' });
  }

  /** The list is not refreshed when an extension adds to it, so the text is typed again until the row is there. */
  async #pick(
    open: () => Promise<void>,
    { text, row }: { readonly text: string; readonly row: string },
  ): Promise<void> {
    const found = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    const wanted = found.filter({ hasText: row }).first();
    await this.#inQuickInput(open, async (widget, timeout) => {
      const input = widget.locator('input.input');
      await input.fill(text.slice(0, 1), { timeout });
      await input.fill(text, { timeout });
      await wanted.click({ timeout, trial: true });
    });
    // Once and no more: a click that a busy window answers late would otherwise run a command twice.
    await wanted.click();
  }

  /**
   * Opens the input at the top of the window and works in it. VS Code closes it when anything else takes the focus, as
   * a slow window does while it is still settling; then it is opened again.
   */
  async #inQuickInput(
    open: () => Promise<void>,
    work: (widget: Locator, timeout: number) => Promise<void>,
  ): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    const giveUp = Date.now() + 30_000;
    for (;;) {
      await open();
      try {
        await work(widget, 3000);
        return;
      } catch (thrown) {
        if (Date.now() > giveUp) throw thrown;
        // Where it is closed already, the key would mean something to the editor.
        if (await widget.isVisible()) await this.page.keyboard.press('Escape');
      }
    }
  }

  /** The lines of the focused editor as they are drawn. */
  get lines(): Locator {
    return this.page.locator('.editor-instance .view-lines .view-line');
  }

  /** Puts the caret at a zero-based line and column of the editor that has the focus. */
  async placeCaret(line: number, column: number): Promise<void> {
    const open = () => this.page.keyboard.press('Control+G');
    await this.#inQuickInput(open, async (widget, timeout) => {
      await widget.locator('input.input').fill(`:${line + 1}:${column + 1}`, { timeout });
      await this.page.keyboard.press('Enter');
      await widget.waitFor({ state: 'hidden', timeout });
    });
  }

  /** Selects within one line with the keyboard. */
  async selectInLine(line: number, from: number, to: number): Promise<void> {
    await this.placeCaret(line, from);
    for (let column = from; column < to; column += 1) {
      await this.page.keyboard.press('Shift+ArrowRight');
    }
  }

  /**
   * What decorations write beside the text, editor by editor and line by line as they are seen. VS Code puts it into
   * generated style rules, so it is in no element's text.
   */
  decorationTexts(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .view-line')]
        .map((line) => ({ line, place: line.getBoundingClientRect() }))
        // After edits lines do not stand in the page in the order in which they are seen.
        .sort((a, b) => a.place.left - b.place.left || a.place.top - b.place.top)
        .flatMap(({ line }) => [...line.querySelectorAll('span')])
        .flatMap((span) =>
          ['::before', '::after'].map((end) => getComputedStyle(span, end).content),
        )
        .filter((content) => content.startsWith('"') && content !== '""')
        .map((content) => content.slice(1, -1)),
    );
  }

  /** The frame of the webview that shows `selector`. */
  async webview(selector: string, timeoutMs = 30_000): Promise<Frame> {
    const giveUp = Date.now() + timeoutMs;
    while (Date.now() < giveUp) {
      for (const frame of this.page.frames()) {
        if (!frame.url().includes('webview') && !frame.url().includes('fake.html')) continue;
        if (
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      }
      await this.page.waitForTimeout(100);
    }
    const frames = this.page.frames().map((frame) => frame.url());
    throw new Error(`no webview shows ${selector}; frames:\n${frames.join('\n')}`);
  }
}
