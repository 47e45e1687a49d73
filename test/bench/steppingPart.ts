// Stepping in a real VS Code: from the key to the next token's ghost text, runs against the model alone, and pauses.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVsix } from '../harness/packageVsix';
import { Server } from '../harness/server';
import { launchBrowser, Workbench } from '../harness/workbench';
import { openEngine } from './enginePart';
import { logged, traceLog } from './extensionLog';
import { floorKey, floorTimes, writeGhostFloor } from './ghostFloor';
import { against, median } from './measurement';
import type { Measurement } from './measurement';
import { untilDrawn } from './pageClock';

const prompt = 'Once upon a time there was a';
const clock = { selector: '.view-lines', input: 'keydown', quietMs: 600 } as const;
const status = '.statusbar-item[id*="tokenscope.generation"]';
const keys = 15;
const rounds = 5;
/** Prompt and run together stay inside the built-in model's context of 256. */
const runLengths = [100, 200] as const;
const sampling = { temperature: 1, topK: 0, topP: 1, seed: 5 };

export async function steppingPart(): Promise<readonly Measurement[]> {
  const vsix = await packageVsix();
  const workspace = mkdtempSync(join(tmpdir(), 'tokenscope-bench-'));
  writeFileSync(join(workspace, 'sample.txt'), prompt);
  const settings = {
    'tokenscope.generation.maxTokens': 5000,
    'tokenscope.sampling.temperature': sampling.temperature,
    'tokenscope.sampling.seed': sampling.seed,
  };
  const server = await Server.start({ workspace, vsix, settings });
  const browser = await launchBrowser();
  try {
    const floor = join(server.folder, 'floor');
    writeGhostFloor(floor);
    const payload = [traceLog, ['extensionDevelopmentPath', server.uri(floor)] as const];
    const workbench = await Workbench.open(browser, server, { file: 'sample.txt', payload });
    const stepped = await steps(workbench, floor);
    const ran: Measurement[] = [];
    for (const tokens of runLengths) ran.push(await runs(workbench, tokens));
    return [...stepped, ...ran, ...(await pauses(workbench))];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(workspace, { recursive: true });
  }
}

async function steps(workbench: Workbench, floor: string): Promise<Measurement[]> {
  const { page, server } = workbench;
  await page.locator('.view-line').first().click();
  await page.keyboard.press('Control+End');
  await begin(workbench);
  const drawn: number[] = [];
  for (let key = 0; key < keys; key++) {
    drawn.push(await untilDrawn(page, clock, () => page.keyboard.press('Tab')));
  }
  const offered = logged(server, /offered ([\d.]+) ms after the key/g).flat();
  if (offered.length < keys)
    throw new Error(`only ${offered.length} of ${keys} keys were answered`);
  await end(workbench);
  const alone = median(await floorSteps(workbench, floor));
  const handed = 'key to ghost text handed to VS Code';
  return [
    against({ name: handed, value: median(offered), unit: 'ms' }, 'VS Code alone', alone),
    { name: 'key to text, tint and next ghost text drawn', value: median(drawn), unit: 'ms' },
  ];
}

/** The same edits and questions of an extension that makes nothing. */
async function floorSteps({ page }: Workbench, floor: string): Promise<readonly number[]> {
  for (let key = 1; key <= keys; key++) {
    await page.keyboard.press(floorKey);
    while (floorTimes(floor).length < key) await page.waitForTimeout(50);
    await page.waitForTimeout(clock.quietMs);
  }
  for (let key = 1; key <= keys; key++) await page.keyboard.press('Control+Z');
  return floorTimes(floor);
}

/** Tokens per second of a run in the document: a new session each time, so that every token is made anew. */
async function runs(workbench: Workbench, runTokens: number): Promise<Measurement> {
  const { page, server } = workbench;
  const pattern = /ran (\d+) tokens in ([\d.]+) ms/g;
  const before = logged(server, pattern).length;
  const alone = [await modelAlone(runTokens)];
  for (let round = 0; round < rounds; round++) {
    await begin(workbench);
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Alt+N');
    const input = page.locator('.quick-input-widget:visible input.input');
    await input.fill(String(runTokens));
    await page.keyboard.press('Enter');
    while (logged(server, pattern).length <= before + round) await page.waitForTimeout(50);
    // Escape pauses a run and ends a session at rest.
    await page.locator(status).filter({ hasText: 'rank' }).waitFor();
    await page.keyboard.press('Control+Z');
    await end(workbench);
  }
  alone.push(await modelAlone(runTokens));
  const rates = logged(server, pattern)
    .slice(before)
    .map(([tokens = NaN, ms = NaN]) => (tokens * 1000) / ms);
  const name = `run of ${runTokens} tokens in the document`;
  const run = { name, value: median(rates), unit: 'tokens/s' } as const;
  return against(run, 'the model alone', median(alone));
}

async function pauses(workbench: Workbench): Promise<Measurement[]> {
  const { page, server } = workbench;
  const pattern = /paused after ([\d.]+) ms/g;
  await begin(workbench);
  for (let round = 0; round < rounds; round++) {
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Alt+R');
    await page.waitForTimeout(1000);
    await page.keyboard.press('Escape');
    while (logged(server, pattern).length <= round) await page.waitForTimeout(50);
  }
  const found = logged(server, pattern).flat();
  return [
    { name: 'pause to nothing more being written', value: median(found), unit: 'ms' },
    { name: '… the longest of them', value: Math.max(...found), unit: 'ms' },
  ];
}

async function begin(workbench: Workbench): Promise<void> {
  await workbench.runCommand('Tokenscope: Start Generation Here');
  await workbench.page.locator('.ghost-text-decoration, .ghost-text').first().waitFor();
}

async function end({ page }: Workbench): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator(status).waitFor({ state: 'hidden' });
}

/** Tokens per second of the same generation in this process, with nobody to show it to: time that passes. */
async function modelAlone(runTokens: number): Promise<number> {
  const engine = await openEngine('wasm');
  const { ids: context } = await engine.tokenize({ text: prompt });
  const stop = { maxTokens: runTokens + 1, stopStrings: [] };
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let ids = context;
    const began = performance.now();
    for (let n = 0; n < runTokens; n++) {
      const promptLength = context.length;
      const { id } = await engine.step({ ids, promptLength, sampling, stop });
      ids = Int32Array.of(...ids, id);
    }
    rates.push((runTokens * 1000) / (performance.now() - began));
  }
  await engine.dispose();
  return median(rates);
}
