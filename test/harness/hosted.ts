// Runs the mocha tests of test/integration inside the extension host of a real VS Code.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { HostedResult } from '../integration';
import { Server } from './server';
import { launchBrowser, Workbench } from './workbench';

const longestRunMs = 300_000;

/**
 * Opens the sample workspace with the extension from this checkout and the tests of the named files, all where none is
 * named; throws when VS Code never reports.
 */
export async function runHosted(files: readonly string[]): Promise<readonly HostedResult[]> {
  const results = resolve('out/hosted.json');
  mkdirSync('out', { recursive: true });
  rmSync(results, { force: true });
  const env = { TOKENSCOPE_RESULTS: results, TOKENSCOPE_FILES: files.join() };
  const server = await Server.start({ workspace: 'media/sample', env });
  try {
    const browser = await launchBrowser();
    try {
      await runInWindow(await Workbench.blank(browser, server));
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
  if (!existsSync(results)) throw new Error('the tests inside VS Code wrote no results');
  return JSON.parse(readFileSync(results, 'utf8')) as HostedResult[];
}

async function runInWindow(workbench: Workbench): Promise<void> {
  const finished = exitOf(workbench.page);
  const { server } = workbench;
  await workbench.load([
    ['extensionDevelopmentPath', server.uri(resolve('.'))],
    ['extensionTestsPath', server.uri(resolve('out/test/integration/index.cjs'))],
  ]);
  try {
    await finished;
  } catch (thrown) {
    // What the window shows tells what it waits for.
    await workbench.page.screenshot({ path: 'out/screenshots/hosted-stuck.png' });
    throw thrown;
  }
}

/** VS Code calls this function of the page when the tests have ended, with whatever exit code. */
async function exitOf(page: Page): Promise<void> {
  let settle: () => void;
  const finished = new Promise<void>((resolve, reject) => {
    settle = resolve;
    setTimeout(() => {
      reject(new Error(`the tests inside VS Code did not end in ${longestRunMs / 1000} s`));
    }, longestRunMs).unref();
  });
  await page.exposeFunction('codeAutomationLog', () => undefined);
  await page.exposeFunction('codeAutomationExit', () => {
    settle();
  });
  await finished;
}
