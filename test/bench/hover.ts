// From the pointer resting on a token to its card.
import type { Page } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import { median } from './measurement';
import { untilDrawn } from './pageClock';

const clock = { selector: '.monaco-hover', input: 'mousemove', quietMs: 500 } as const;
const rounds = 5;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Medians over several tokens: the first look at each, and a second one. VS Code's own delay is set to nothing. */
export async function hoverMs(workbench: Workbench): Promise<[first: number, warm: number]> {
  const { page } = workbench;
  // Without a selection every token can be hovered.
  await page.keyboard.press('Control+Home');
  await page.waitForTimeout(2000);
  const first: number[] = [];
  const warm: number[] = [];
  for (const place of await places(workbench)) {
    first.push(await hover(page, place));
    warm.push(await hover(page, place));
  }
  return [median(first), median(warm)];
}

/** Points inside the first tokens of several lines. The page does not hold lines in their order. */
async function places({ lines }: Workbench): Promise<Point[]> {
  const boxes = await Promise.all((await lines.all()).map((line) => line.boundingBox()));
  const seen = boxes.filter((box) => box !== null).sort((one, other) => one.y - other.y);
  return seen.slice(2, 2 + rounds).map((box) => ({ x: box.x + 12, y: box.y + box.height / 2 }));
}

async function hover(page: Page, { x, y }: Point): Promise<number> {
  const ms = await untilDrawn(page, clock, () => page.mouse.move(x, y));
  await page.locator('.monaco-hover:visible').filter({ hasText: 'id' }).first().waitFor();
  await page.mouse.move(5, 5);
  // The card stays for a while after the pointer has left.
  await page.waitForTimeout(1000);
  return ms;
}
