// Activation as VS Code itself measures it, read from its list of running extensions.
import type { Workbench } from '../harness/workbench';
import { median } from './measurement';

const rounds = 3;

/** Median over several loads of the window, in ms: loading the code and running `activate`. */
export async function activationMs(workbench: Workbench): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await workbench.reloadWindow();
    // Other extensions start at the same moment; this one does so after them.
    await workbench.page.waitForTimeout(5000);
    times.push(await shownActivation(workbench));
  }
  return median(times);
}

async function shownActivation(workbench: Workbench): Promise<number> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page.locator('.extension').filter({ hasText: 'Tokenscope' }).first();
  await row.waitFor();
  const text = await row.innerText();
  const match = /Activation: (\d+)ms/.exec(text);
  if (match === null) throw new Error(`VS Code says no activation time: ${text}`);
  return Number(match[1]);
}
