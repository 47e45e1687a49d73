// Stepping in a real VS Code: from the key to the next token's ghost text.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVsix } from '../harness/packageVsix';
import { Server } from '../harness/server';
import { launchBrowser, Workbench } from '../harness/workbench';
import { median } from './measurement';
import type { Measurement } from './measurement';
import { untilDrawn } from './pageClock';

const prompt = 'Once upon a time there was a';
const clock = { selector: '.view-lines', input: 'keydown', quietMs: 600 } as const;
const keys = 15;

export async function steppingPart(): Promise<readonly Measurement[]> {
  const vsix = await packageVsix();
  const workspace = mkdtempSync(join(tmpdir(), 'tokenscope-bench-'));
  writeFileSync(join(workspace, 'sample.txt'), prompt);
  const settings = { 'tokenscope.generation.maxTokens': 100 };
  const server = await Server.start({ workspace, vsix, settings });
  const browser = await launchBrowser();
  try {
    return await inUse(await Workbench.open(browser, server, { file: 'sample.txt' }));
  } finally {
    await browser.close();
    await server.stop();
    rmSync(workspace, { recursive: true });
  }
}

async function inUse(workbench: Workbench): Promise<Measurement[]> {
  const { page } = workbench;
  await page.locator('.view-line').first().click();
  await page.keyboard.press('Control+End');
  await workbench.runCommand('Tokenscope: Step Generation');
  await page.locator('.ghost-text-decoration, .ghost-text').first().waitFor();
  const steps: number[] = [];
  for (let key = 0; key < keys; key++) {
    steps.push(await untilDrawn(page, clock, () => page.keyboard.press('Tab')));
  }
  return [
    { name: 'key to text, tint and next ghost text drawn', value: median(steps), unit: 'ms' },
  ];
}
