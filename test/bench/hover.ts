// From the pointer resting on a token to its card.
import type { Workbench } from '../harness/workbench';
import { median } from './measurement';
import { untilDrawn } from './pageClock';

const clock = { selector: '.monaco-hover', input: 'mousemove', quietMs: 500 } as const;
const rounds = 5;

/** Medians over several tokens: the first look at each, and a second one. VS Code's own delay is set to nothing. */
export async function hoverMs(workbench: Workbench): Promise<[first: number, warm: number]> {
  const first: number[] = [];
  const warm: number[] = [];
  for (let line = 2; line < 2 + rounds; line++) {
    first.push(await hover(workbench, line));
    warm.push(await hover(workbench, line));
  }
  return [median(first), median(warm)];
}

async function hover({ page, lines }: Workbench, line: number): Promise<number> {
  const box = await lines.nth(line).boundingBox();
  if (box === null) throw new Error(`line ${line} is not visible`);
  const ms = await untilDrawn(page, clock, () =>
    page.mouse.move(box.x + 12, box.y + box.height / 2),
  );
  await page.locator('.monaco-hover:visible').filter({ hasText: 'id' }).waitFor();
  await page.mouse.move(5, 5);
  await page
    .locator('.monaco-hover:visible')
    .waitFor({ state: 'detached' })
    .catch(() => undefined);
  return ms;
}
