// From a changed selection to the tokens drawn in the editor.
import type { Workbench } from '../harness/workbench';
import { lastLogged } from './extensionLog';
import { median } from './measurement';
import { untilDrawn } from './pageClock';

const rounds = 9;
const clock = { selector: '.view-lines', input: 'keydown', quietMs: 700 } as const;

export interface DecorationMs {
  /** The very first use until VS Code has drawn: starts the engine and loads the model. */
  readonly first: number;
  /** From the selection's event to the decorations handed to VS Code, as the extension logs it. */
  readonly decorated: number;
  /** From the key that changes the selection to the last change in the page. */
  readonly drawn: number;
}

/** Medians over several selections of almost all of the file. */
export async function decorationMs(workbench: Workbench): Promise<DecorationMs> {
  const { page, server } = workbench;
  await selectFrom(workbench, 1);
  await page.keyboard.press('F1');
  const palette = page.locator('.quick-input-widget:visible');
  await palette.locator('input.input').fill('>Tokenscope: Show Tokens');
  await palette.locator('.monaco-list-row').filter({ hasText: 'Show Tokens' }).first().waitFor();
  const first = await untilDrawn(page, { ...clock, quietMs: 3000 }, () =>
    page.keyboard.press('Enter'),
  );
  const drawn: number[] = [];
  const decorated: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const lines = 1 + (round % 3);
    await page.keyboard.press('Control+Home');
    for (let line = 0; line < lines; line++) await page.keyboard.press('ArrowDown');
    // What is drawn for no selection is not what is measured.
    await page.waitForTimeout(1500);
    drawn.push(await untilDrawn(page, clock, () => page.keyboard.press('Control+Shift+End')));
    decorated.push(lastLogged(server, /drew \d+ tokens in ([\d.]+) ms/g));
    await assertDrawn(workbench);
  }
  return { first, decorated: median(decorated), drawn: median(drawn) };
}

async function selectFrom(workbench: Workbench, line: number): Promise<void> {
  await workbench.placeCaret(line, 0);
  await workbench.page.keyboard.press('Control+Shift+End');
}

/** Guards against timing an editor that shows no tokens. */
async function assertDrawn(workbench: Workbench): Promise<void> {
  const count = (await workbench.decorationTexts()).length;
  if (count < 500) throw new Error(`only ${count} tokens are drawn`);
}
