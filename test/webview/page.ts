/** The Inspector in a real browser over the real engine, for tests: the dev host in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { PromptOrigins } from '../../src/protocol/chat';
import type { ComparedWith } from '../../src/protocol/comparison';
import { startPlace, type Place } from '../../src/protocol/panelApi';
import { findBrowser } from '../harness/findBrowser';

export interface Inspectors {
  /** A fresh page that looks at `place`; its errors are gathered in `errors`. */
  open(how?: Look): Promise<Opened>;
  close(): Promise<void>;
}

export interface Look {
  readonly place?: Partial<Place>;
  readonly theme?: 'dark' | 'light' | 'hc' | 'hc-light';
  readonly language?: 'en' | 'ja';
  readonly text?: string;
  /** What the text is compared with from the start. */
  readonly compare?: ComparedWith;
  /** Who wrote which part of the text. */
  readonly origins?: PromptOrigins;
  readonly width?: number;
}

interface Opened {
  readonly page: Page;
  readonly errors: readonly string[];
}

/** For the tests of a suite, over the built-in model: started before the first, closed after the last. */
export function inspectorsFor(suite: Mocha.Suite): Pick<Inspectors, 'open'> {
  let started: Inspectors | undefined;
  suite.timeout(60_000);
  before(async function () {
    this.timeout(240_000);
    started = await startInspectors();
  });
  after(() => started?.close());
  return {
    open: (how) => {
      if (started === undefined) throw new Error('the page is opened before the tests run');
      return started.open(how);
    },
  };
}

/** Over the built-in model, or the one of a folder. */
export async function startInspectors(over: { readonly model?: string } = {}): Promise<Inspectors> {
  const { executablePath, args, env } = await findBrowser();
  const { server, url } = await startHost(over.model);
  const browser = await chromium.launch({
    executablePath,
    args: [...args],
    env: { ...(process.env as Record<string, string>), ...env },
  });
  return {
    open: (how = {}) => open(browser, url, how),
    close: async () => {
      await browser.close();
      server.kill();
    },
  };
}

function startHost(model: string | undefined): Promise<{ server: ChildProcess; url: string }> {
  const host = 'out/test/webview/devHost/main.mjs';
  const server = spawn(process.execPath, [host, '0', '--once', ...(model ? [model] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    server.once('exit', () => {
      reject(new Error('the host of the page ended before it listened'));
    });
    server.stdout.once('data', (line: Buffer) => {
      resolve({ server, url: line.toString().trim() });
    });
  });
}

async function open(browser: Browser, url: string, how: Look): Promise<Opened> {
  const { place, theme = 'dark', language = 'en', text, width = 1290 } = how;
  const { compare, origins } = how;
  const context = await browser.newContext({ viewport: { width, height: 940 } });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // The toolkit writes inline styles of its own; without them it renders all the same.
    if (message.type() === 'error' && !message.text().includes('inline style'))
      errors.push(message.text());
  });
  const stored = JSON.stringify({ ...startPlace, ...place });
  await page.addInitScript((state) => {
    sessionStorage.setItem('state', state);
  }, stored);
  const query = new URLSearchParams({
    theme,
    lang: language,
    ...(text && { text }),
    ...(compare && { compare: JSON.stringify(compare) }),
    ...(origins && { origins: JSON.stringify(origins) }),
  });
  await page.goto(`${url}?${query.toString()}`);
  await page.waitForSelector('.stage h1');
  await settled(page);
  return { page, errors };
}

/** Waits until the host has answered everything and the picture stays as it is: numbers arrive one after the other. */
export async function settled(page: Page): Promise<void> {
  // The page of the dev host adds it to the window, whose type knows nothing of it.
  await page.waitForFunction(() => (window as unknown as Settling).settled());
}

/** What the page of the dev host offers besides VS Code's own. */
interface Settling {
  settled(): Promise<true>;
}
