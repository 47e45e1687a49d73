// Activation as VS Code itself measures it, read from its list of running extensions.
import type { Workbench } from '../harness/workbench';

export async function activationMs(workbench: Workbench): Promise<number> {
  await workbench.runCommand('Developer: Show Running Extensions');
  const row = workbench.page
    .locator('.running-extension, .extension')
    .filter({ hasText: 'Tokenscope' });
  await row.first().waitFor();
  const text = await row.first().innerText();
  const match = /Activation: (\d+)ms/.exec(text);
  if (match === null) throw new Error(`VS Code says no activation time: ${text}`);
  await workbench.page.locator('.tab.active').click({ button: 'middle' });
  return Number(match[1]);
}
