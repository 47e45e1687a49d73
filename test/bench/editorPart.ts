// The packaged extension in a real VS Code: how long a person waits, and what it costs in memory.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVsix } from '../harness/packageVsix';
import { Server } from '../harness/server';
import { launchBrowser, Workbench } from '../harness/workbench';
import { activationMs } from './activation';
import { decorationMs } from './decoration';
import { traceLog } from './extensionLog';
import { hoverMs } from './hover';
import type { Measurement } from './measurement';
import { extensionHostMegabytes } from './memory';
import { sampleText } from './sampleText';

/** Tall enough to show 10 kB at once, so that all of it is decorated. */
const window = { width: 2400, height: 2400, file: 'sample.txt' };

export async function editorPart(): Promise<readonly Measurement[]> {
  const vsix = await packageVsix();
  const workspace = mkdtempSync(join(tmpdir(), 'tokenscope-bench-'));
  writeFileSync(join(workspace, window.file), sampleText());
  const settings = {
    'editor.hover.delay': 0,
    // Dots for selected spaces would be drawn too.
    'editor.renderWhitespace': 'none',
  };
  const server = await Server.start({ workspace, vsix, settings });
  const browser = await launchBrowser();
  try {
    const first = await Workbench.open(browser, server, window);
    const activation = await activationMs(first);
    await first.close();
    const workbench = await Workbench.open(browser, server, { ...window, payload: [traceLog] });
    return [{ name: 'activation', value: activation, unit: 'ms' }, ...(await inUse(workbench))];
  } finally {
    await browser.close();
    await server.stop();
    rmSync(workspace, { recursive: true });
  }
}

async function inUse(workbench: Workbench): Promise<Measurement[]> {
  const idle = extensionHostMegabytes(workbench.server);
  const decoration = await decorationMs(workbench);
  const [firstHover, hover] = await hoverMs(workbench);
  const used = extensionHostMegabytes(workbench.server);
  return [
    { name: 'first use to drawn tokens, engine started', value: decoration.first, unit: 'ms' },
    { name: 'changed selection to decorations, 10 kB', value: decoration.decorated, unit: 'ms' },
    { name: 'changed selection to VS Code having drawn them', value: decoration.drawn, unit: 'ms' },
    { name: 'hover, first answer of a token', value: firstHover, unit: 'ms' },
    { name: 'hover, warm answer', value: hover, unit: 'ms' },
    { name: 'extension host before first use', value: idle, unit: 'MB' },
    { name: 'extension host with worker and model', value: used, unit: 'MB' },
  ];
}
