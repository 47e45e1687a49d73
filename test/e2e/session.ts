// One VS Code with the packaged extension, and its windows; screenshots go to out/screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { vsixFile } from '../harness/packageVsix';
import { Server } from '../harness/server';
import { launchBrowser, Workbench, type WorkbenchOptions } from '../harness/workbench';

/** VS Code's four default themes: what the list calls them, and what the page does. */
export const themes = {
  dark: { name: 'Dark Modern', id: 'Default Dark Modern' },
  light: { name: 'Light Modern', id: 'Default Light Modern' },
  'high-contrast-dark': { name: 'Dark High Contrast', id: 'Default High Contrast' },
  'high-contrast-light': { name: 'Light High Contrast', id: 'Default High Contrast Light' },
} as const;

/** The sentence of the sample that the tests look at: zero-based line, columns [from, to). */
export const sentence = {
  file: 'story.md',
  line: 5,
  text: 'Once upon a time there was a little girl who lived in the',
};

export class Session {
  static async start(
    settings: Readonly<Record<string, unknown>> = {},
    switches: readonly string[] = [],
  ): Promise<Session> {
    const server = await Server.start({
      workspace: 'media/sample',
      vsix: vsixFile,
      settings: { 'workbench.colorTheme': themes.dark.id, ...settings },
    });
    try {
      return new Session(server, await launchBrowser(switches));
    } catch (thrown) {
      await server.stop();
      throw thrown;
    }
  }

  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  /** The folder that the windows are opened on. */
  get workspace(): string {
    return this.#server.workspace;
  }

  /** A window on the sample with all of its width for editors. */
  async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const workbench = await Workbench.open(this.#browser, this.#server, {
      file: sentence.file,
      width: 1800,
      height: 1000,
      ...options,
    });
    await workbench.page.keyboard.press('Control+B');
    return workbench;
  }

  /** A place beside the opened folder, and what the window calls it. */
  beside(name: string): { readonly path: string; readonly uri: string } {
    const path = join(this.#server.folder, name);
    return { path, uri: this.#server.uri(path) };
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
  }
}

/** Saves what the window shows now. */
export async function shoot(workbench: Workbench, name: string): Promise<void> {
  mkdirSync('out/screenshots', { recursive: true });
  await workbench.page.screenshot({ path: `out/screenshots/${name}.png` });
}

/** Called in a suite: saves what the window showed when one of its tests failed. */
export function shootFailures(window: () => Workbench | undefined): void {
  afterEach(async function () {
    const workbench = window();
    if (this.currentTest?.state !== 'failed' || workbench === undefined) return;
    await shoot(workbench, `failed-${this.currentTest.fullTitle().replaceAll(/\W+/g, '-')}`);
  });
}
