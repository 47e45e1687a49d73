// The Inspector on a model of 12 blocks of 12 heads with random weights: how soon it answers, and what a frame costs.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Frame } from 'playwright-core';
import { Engine } from '../../src/engine/engine';
import { nodeParts } from '../../src/worker/nodeHost';
import { packageVsix } from '../harness/packageVsix';
import { Server } from '../harness/server';
import { launchBrowser, Workbench } from '../harness/workbench';
import { frameScripts } from './frameScripts';
import { writeGpt2Folder } from './gpt2Folder';
import { median, type Measurement } from './measurement';
import { untilDrawn } from './pageClock';
import { bundle, viewScripts } from './panelViews';
import { gpt2Small } from './peers/modelRows';
import { sampleText } from './sampleText';

const lengths = [16, 128, 1024] as const;
/** Heads that are switched to, each for the first time and then again. */
const heads = 6;
/** The longest that a pass of the longest text takes on a busy machine. */
const passMs = 240_000;

export async function panelPart(): Promise<readonly Measurement[]> {
  const vsix = await packageVsix();
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-bench-model-'));
  const workspace = mkdtempSync(join(tmpdir(), 'tokenscope-bench-'));
  // The shape of GPT-2 small with the built-in tokenizer, whose texts the model reads.
  writeGpt2Folder(folder, { ...gpt2Small, vocabulary: 4096 });
  cpSync('media/models/builtin/tokenizer.json', join(folder, 'tokenizer.json'));
  const texts = await textsOf(lengths);
  for (const [n, text] of texts) writeFileSync(join(workspace, `t${n}.txt`), text);
  const settings = { 'tokenscope.model.folder': folder };
  const server = await Server.start({ workspace, vsix, settings });
  const browser = await launchBrowser();
  try {
    const rows: Measurement[] = [];
    for (const n of lengths) rows.push(...(await measure(browser, server, n)));
    return rows;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(workspace, { recursive: true });
    rmSync(folder, { recursive: true });
  }
}

/** Texts of so many tokens each. */
async function textsOf(counts: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const engine = new Engine(
    nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' }),
  );
  await engine.openModel({ location: { kind: 'builtin' } });
  const text = sampleText();
  const { ends } = await engine.tokenize({ text });
  await engine.dispose();
  return new Map(counts.map((count) => [count, text.slice(0, ends[count - 1])]));
}

async function measure(browser: Browser, server: Server, tokens: number): Promise<Measurement[]> {
  const workbench = await Workbench.open(browser, server, {
    file: `t${tokens}.txt`,
    width: 1600,
    height: 1000,
  });
  await workbench.page.keyboard.press('Control+A');
  await workbench.runCommand('Tokenscope: Inspect Selection');
  // The first pass of a long text takes a while.
  const frame = await workbench.webview('.strip .token', passMs);
  const found: Found = { first: [], again: [] };
  let gallery = Number.NaN;
  const galleryScripts = await frameScripts(browser, bundle, async () => {
    gallery = await openGallery(frame);
  });
  const opening = await frameScripts(browser, bundle, () => openHead(workbench, frame));
  const looking = await frameScripts(browser, bundle, () => lookAround(workbench, frame, found));
  const views = await viewScripts(browser, workbench, frame);
  await workbench.close();
  const name = `panel, ${tokens} tokens:`;
  const script = 'longest CPU time of scripts in a frame';
  return [
    { name: `${name} head switched to, first look`, value: median(found.first), unit: 'ms' },
    { name: `${name} head switched to again`, value: median(found.again), unit: 'ms' },
    { name: `${name} all heads of all blocks drawn`, value: gallery, unit: 'ms' },
    { name: `${name} ${script}, meanwhile`, value: Math.max(...galleryScripts), unit: 'ms' },
    { name: `${name} ${script}, opening a head`, value: Math.max(...opening), unit: 'ms' },
    { name: `${name} ${script}, in a head`, value: Math.max(...looking), unit: 'ms' },
    ...views.flatMap(({ step, opening, scrolling, table }): Measurement[] => [
      { name: `${name} ${script}, opening ${step}`, value: opening, unit: 'ms' },
      { name: `${name} … scrolling ${step}`, value: scrolling, unit: 'ms' },
      { name: `${name} … table of ${step}`, value: table, unit: 'ms' },
    ]),
  ];
}

interface Found {
  readonly first: number[];
  readonly again: number[];
}

/** Longer than the numbers of a head take to come, or its picture would be taken for finished before. */
const quietMs = 1500;

const press = ({ page }: Workbench, frame: Frame, key: string): Promise<number> =>
  untilDrawn(frame, { selector: '.app', input: 'keydown', quietMs }, () =>
    page.keyboard.press(key),
  );

/** All heads: ms until each of their pictures, and those of all heads together, is drawn. */
async function openGallery(frame: Frame): Promise<number> {
  const { layers, heads } = gpt2Small;
  const start = performance.now();
  await frame.locator('.rail li.attend > button.step').click();
  await frame.waitForFunction(
    (count) =>
      document.querySelectorAll('.headcell .thumb canvas:not([data-waiting])').length === count,
    layers * (heads + 1) + 1,
    { timeout: passMs },
  );
  return performance.now() - start;
}

/** The head that is looked at, through its stages. */
async function openHead(workbench: Workbench, frame: Frame): Promise<void> {
  const { page } = workbench;
  await page.keyboard.press('3');
  await frame.locator('main[data-step="embed"]').waitFor();
  await press(workbench, frame, '4');
  // Dot product, scale, mask, softmax.
  for (let stage = 0; stage < 4; stage++) await page.keyboard.press('n');
  await frame.locator('.grid').first().waitFor({ timeout: passMs });
}

/** Other heads and back, the pointer over the map, the strip scrolled. */
async function lookAround(workbench: Workbench, frame: Frame, found: Found): Promise<void> {
  const { mouse } = workbench.page;
  for (let head = 0; head < heads; head++) found.first.push(await press(workbench, frame, '.'));
  for (let head = 0; head < heads; head++) found.again.push(await press(workbench, frame, ','));
  const box = await frame.locator('.grid').first().boundingBox();
  if (box !== null)
    for (let step = 0; step < 30; step++)
      await mouse.move(box.x + (box.width * step) / 30, box.y + (box.height * step) / 30);
  const strip = await frame.locator('.strip').boundingBox();
  if (strip === null) return;
  await mouse.move(strip.x + strip.width / 2, strip.y + strip.height / 2);
  for (let step = 0; step < 20; step++) await mouse.wheel(0, 200);
}
