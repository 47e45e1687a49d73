// Tokens in real VS Code: from a selection of some size, and from a key in a file of 5 MB, to what is decorated.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVsix } from '../harness/packageVsix';
import { Server } from '../harness/server';
import { launchBrowser, Workbench } from '../harness/workbench';
import { lastLogged, traceLog } from './extensionLog';
import { median, type Measurement } from './measurement';
import { untilDrawn } from './pageClock';

const sizes = { '1 kB': 1_000, '10 kB': 10_000, '100 kB': 100_000 } as const;
const longBytes = 5_000_000;
/** VS Code's own support of a language works in the same extension host, at every key. */
const longFiles = { TypeScript: 'long.ts', 'plain text': 'long.txt' } as const;
const rounds = 7;
const clock = { selector: '.view-lines', input: 'keydown', quietMs: 700 } as const;
const drew = /drew \d+ tokens in ([\d.]+) ms/g;
/** Of the extension host with the engine in it; other programs of the machine do not count. */
const cpu = /drew \d+ tokens in [\d.]+ ms, ([\d.]+) ms of CPU time/g;

/** From the event that VS Code told of, with whatever the extension host did before. */
const event = /ms of CPU time, ([\d.]+) ms after the event/g;

export async function tokensPart(): Promise<readonly Measurement[]> {
  const vsix = await packageVsix();
  const workspace = mkdtempSync(join(tmpdir(), 'tokenscope-bench-'));
  for (const [size, bytes] of Object.entries(sizes)) {
    writeFileSync(join(workspace, fileOf(size)), textOf('english.txt', bytes));
  }
  for (const file of Object.values(longFiles)) {
    writeFileSync(join(workspace, file), textOf('code.txt', longBytes));
  }
  const settings = { 'editor.renderWhitespace': 'none' };
  const server = await Server.start({ workspace, vsix, settings });
  const browser = await launchBrowser();
  try {
    const window = { width: 1800, height: 1000, file: fileOf('1 kB'), payload: [traceLog] };
    const workbench = await Workbench.open(browser, server, window);
    await workbench.runCommand('Tokenscope: Show Tokens');
    await workbench.page.waitForTimeout(5_000);
    const found: Measurement[] = [];
    for (const size of Object.keys(sizes)) found.push(...(await selections(workbench, size)));
    for (const [kind, file] of Object.entries(longFiles)) {
      found.push(...(await keys(workbench, { kind, file })));
    }
    return found;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(workspace, { recursive: true });
  }
}

function fileOf(size: string): string {
  return `${size.replace(' ', '')}.txt`;
}

function textOf(sample: string, bytes: number): string {
  const once = readFileSync(`test/fixtures/text/${sample}`, 'utf8');
  return once.repeat(Math.ceil(bytes / once.length)).slice(0, bytes);
}

/** Almost all of a file is selected; of a large one what is visible is decorated. */
async function selections(workbench: Workbench, size: string): Promise<Measurement[]> {
  const { page, server } = workbench;
  await workbench.openFile(fileOf(size));
  const decorated: number[] = [];
  const busy: number[] = [];
  const drawn: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await page.keyboard.press('Control+Home');
    for (let right = 0; right <= round % 3; right++) await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(1_500);
    drawn.push(await untilDrawn(page, clock, () => page.keyboard.press('Control+Shift+End')));
    decorated.push(lastLogged(server, drew));
    busy.push(lastLogged(server, cpu));
  }
  return [
    { name: `selection of ${size} to decorations`, value: median(decorated), unit: 'ms' },
    { name: `selection of ${size} to decorations, CPU time`, value: median(busy), unit: 'ms' },
    { name: `selection of ${size} to VS Code having drawn`, value: median(drawn), unit: 'ms' },
  ];
}

/** The extension's part is told apart: VS Code itself takes its time to tell of a key and to draw. */
async function keys(
  workbench: Workbench,
  { kind, file }: { readonly kind: string; readonly file: string },
): Promise<Measurement[]> {
  const { page, server } = workbench;
  await workbench.openFile(file);
  await workbench.placeCaret(60_000, 0);
  // The whole text is sent to the engine once.
  await page.waitForTimeout(6_000);
  const decorated: number[] = [];
  const told: number[] = [];
  const busy: number[] = [];
  const drawn: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    drawn.push(await untilDrawn(page, clock, () => page.keyboard.press('x')));
    decorated.push(lastLogged(server, drew));
    told.push(lastLogged(server, event));
    busy.push(lastLogged(server, cpu));
  }
  const name = `key in 5 MB of ${kind}`;
  return [
    { name: `${name} to decorations`, value: median(decorated), unit: 'ms' },
    { name: `${name}, from the event on, to decorations`, value: median(told), unit: 'ms' },
    { name: `${name} to decorations, CPU time`, value: median(busy), unit: 'ms' },
    { name: `${name} to VS Code having drawn`, value: median(drawn), unit: 'ms' },
  ];
}
