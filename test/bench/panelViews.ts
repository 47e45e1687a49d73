// The steps of the Inspector beside attention: what a frame costs while each opens, is scrolled, and shows its table.
import type { Browser, Frame } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import { frameScripts } from './frameScripts';

export const bundle = 'inspector.js';

/** The longest CPU time of scripts in a frame, in ms. */
export interface ViewScripts {
  readonly step: string;
  readonly opening: number;
  readonly scrolling: number;
  readonly table: number;
}

/** By the key that opens them, with what comes last in each. */
const steps = [
  ['0', 'overview', '.verdict'],
  ['1', 'context', '.origins'],
  ['2', 'tokenize', '.merges'],
  ['3', 'embed', '.scatter canvas'],
  ['5', 'feedforward', '.fires li'],
  ['6', 'repeat', '.stream-rows canvas'],
  ['7', 'predict', '.logits'],
  ['8', 'append', '.so-far'],
] as const;

/** How long each view is looked at when all of it has come. */
const viewMs = 1500;
const tableMs = 1000;
const wheelSteps = 15;
/** The longest that what a view of a long text waits for takes on a busy machine. */
const longestMs = 120_000;

export async function viewScripts(
  browser: Browser,
  { page }: Workbench,
  frame: Frame,
): Promise<readonly ViewScripts[]> {
  const longest = async (act: () => Promise<void>): Promise<number> =>
    Math.max(0, ...(await frameScripts(browser, bundle, act)));
  const stage = frame.locator('main.stage');
  const scroll = async (): Promise<void> => {
    const box = await stage.boundingBox();
    if (box === null) throw new Error('the stage is not drawn');
    for (const by of [200, -200])
      for (let step = 0; step < wheelSteps; step++) {
        // The pointer moves too, so that what follows it is counted.
        await page.mouse.move(box.x + box.width * (0.3 + 0.02 * step), box.y + box.height / 2);
        await page.mouse.wheel(0, by);
      }
  };
  await page.keyboard.press('Escape');
  const found: ViewScripts[] = [];
  for (const [key, step, last] of steps) {
    const opening = await longest(async () => {
      await page.keyboard.press(key);
      const shown = frame.locator(
        `main[data-step="${step}"] ${last}, main[data-step="${step}"] + .side ${last}`,
      );
      await shown.first().waitFor({ state: 'attached', timeout: longestMs });
      await page.waitForTimeout(viewMs);
    });
    const scrolling = await longest(scroll);
    const table = await longest(async () => {
      await page.keyboard.press('t');
      await page.waitForTimeout(tableMs);
      await scroll();
      await page.keyboard.press('t');
      await page.waitForTimeout(tableMs);
    });
    found.push({ step, opening, scrolling, table });
  }
  return found;
}
