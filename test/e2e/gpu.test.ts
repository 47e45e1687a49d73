import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { softwareGpu } from '../harness/softwareGpu';
import type { Workbench } from '../harness/workbench';
import { InspectorPage, readNumber } from './inspectorPage';
import { LabPage, says } from './labPage';
import { sentence, Session, shoot, shootFailures } from './session';

describe('Choosing a device in the packaged extension', () => {
  let session: Session;
  let workbench: Workbench;
  let lab: LabPage;

  before(async () => {
    session = await Session.start({}, softwareGpu);
    workbench = await session.open();
  });

  after(() => session.stop());
  shootFailures(() => workbench);

  it('lists every device with its speed on this model, measured, and who computes there', async () => {
    await workbench.runCommand('Tokenscope: Choose Device');
    for (const device of ['WebAssembly', 'Reference', 'WebGPU', 'WebGL 2']) {
      const row = rowOf(workbench, device);
      await row.filter({ hasText: 'tokens/s one by one' }).waitFor({ timeout: 90_000 });
      const speeds = [...(await row.innerText()).matchAll(/([\d,.]+) tokens\/s/g)];
      assert.equal(speeds.length, 2, device);
      for (const [, speed = ''] of speeds) assert.ok(Number(speed.replaceAll(',', '')) > 0, device);
    }
    for (const device of ['WebAssembly', 'Reference', 'WebGPU', 'WebGL 2']) {
      const row = rowOf(workbench, `Train: ${device}`);
      await row.filter({ hasText: 'in a step' }).waitFor({ timeout: 90_000 });
      const [, speed = ''] = /([\d,.]+) tokens\/s/.exec(await row.innerText()) ?? [];
      assert.ok(Number(speed.replaceAll(',', '')) > 0, device);
    }
    // Without a GPU, SwiftShader stands in for one, and that is said.
    await rowOf(workbench, 'WebGL 2').filter({ hasText: 'computed by the CPU' }).waitFor();
    await shoot(workbench, 'choose-device-dark');
  });

  it('runs the model on the chosen one, with the same prediction', async () => {
    await rowOf(workbench, 'WebGL 2').click();
    const view = await workbench.webview('[role=status]');
    const inspector = await InspectorPage.inspect(workbench);
    await view.locator('[role=status]').filter({ hasText: 'webgl2' }).waitFor({ timeout: 90_000 });
    await inspector.frame.locator('body').filter({ hasText: 'webgl2' }).waitFor();
    await shoot(workbench, 'inspector-on-webgl2');
  });

  it('verifies a number that the chosen one computed, against float64', async () => {
    const inspector = await InspectorPage.of(workbench);
    await inspector.open('embed');
    await inspector.press('v');
    const sheet = inspector.frame.locator('.verification');
    const values = sheet.locator('.both td');
    await values.nth(1).waitFor();
    const [recorded = NaN, recomputed = NaN] = (await values.allInnerTexts()).map(readNumber);
    // A sum of two numbers in float32, on whatever computes it.
    assert.ok(Math.abs(recorded - recomputed) <= Math.abs(recomputed) * 2 ** -23, `${recorded}`);
    assert.match(await sheet.innerText(), /webgl2/);
    await shoot(workbench, 'verify-on-webgl2');
    await inspector.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  it('trains a model on the one that is chosen for it', async () => {
    await workbench.runCommand('Tokenscope: Choose Device');
    await rowOf(workbench, 'Train: WebGL 2').click();
    lab = await LabPage.open(workbench);
    await lab.go('training');
    await lab.fill(says('training.steps'), '40');
    await lab.fill(says('training.batch'), '1');
    await lab.button('make-run').click();
    await lab.waitFor('.run-state[data-step="0"]');
    const state = lab.stage.locator('.run-state');
    assert.match(await state.innerText(), /webgl2/);
    await lab.button('run-toggle').click();
    await lab.waitFor('.run-state:not([data-step="0"])');
    await shoot(workbench, 'lab-on-webgl2');
  });

  it('goes on with WebAssembly when the GPU is lost, and says so', async () => {
    const { page } = workbench;
    const control = await page.context().browser()?.newBrowserCDPSession();
    // The connection may end with the process before it has answered.
    await control?.send('Browser.crashGpuProcess').catch(() => undefined);
    const notice = page.locator('.notification-toast').filter({ hasText: 'no longer available' });
    await notice.waitFor({ timeout: 30_000 });
    await shoot(workbench, 'gpu-lost');
    // What is trained goes on from its last checkpoint.
    await lab.waitFor('.notice:has-text("was lost")');
    await lab.waitFor('.run-state[data-state="finished"][data-step="40"]');
    assert.match(await lab.stage.locator('.run-state').innerText(), /wasm/);
    await shoot(workbench, 'lab-gpu-lost');
    await workbench.focusEditor(sentence.file);
    const inspector = await InspectorPage.inspect(workbench);
    await inspector.frame.locator('body').filter({ hasText: 'wasm' }).waitFor();
  });
});

function rowOf(workbench: Workbench, label: string): Locator {
  return workbench.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`);
}
