// Runs of the lab on a device that is somewhere else, and what becomes of them when it is lost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWasmTrainingDevice } from '../../src/engine/devices/wasm/wasmTrainingDevice';
import type { LabDevices } from '../../src/engine/lab/labHost';
import { fail } from '../../src/protocol/failures';
import type { RunNews } from '../../src/protocol/labApi';
import type { TrainingWish } from '../../src/protocol/labDevices';
import type { RunForm } from '../../src/protocol/labForms';
import { openLab, smallForm, type TestLab } from '../support/lab';
import { distant } from '../support/remoteDevices';
import { runnableBuilds } from '../support/wasmKernels';

/** The build that runs in the thread too, so that numbers can be compared to the last bit. */
const build = runnableBuilds.at(-1) ?? assert.fail('no kernels');

/** Devices that are lost behind so many steps. */
function devices(wish: TrainingWish, mostSteps?: number): LabDevices {
  return {
    wish: () => Promise.resolve(wish),
    open: () => Promise.resolve(distant(createWasmTrainingDevice(build.kernels), mostSteps).device),
  };
}

describe('A run on a device that is somewhere else', function () {
  this.timeout(60_000); // a loaded machine
  let form: RunForm;
  let expected: Buffer;

  before(async () => {
    const test = openLab();
    form = await smallForm(test);
    expected = (await trained(test, form)).checkpoint;
    await test.close();
  });

  it('comes to the numbers that it would come to here', async () => {
    const test = openLab({ devices: devices({ device: 'webgpu' }) });
    const { device, checkpoint, news } = await trained(test, form);
    assert.equal(device, 'webgpu');
    assert.deepEqual(checkpoint, expected);
    assert.ok(!news.some(({ kind }) => kind === 'moved'));
    await test.close();
  });

  for (const mostSteps of [0, 7, 22]) {
    it(`goes on here from its last checkpoint when it is lost behind ${mostSteps} steps`, async () => {
      const test = openLab({ devices: devices({ device: 'webgl2' }, mostSteps) });
      const often = { ...form, watch: { ...form.watch, checkpointMs: 20 } };
      const { run, checkpoint, news } = await trained(test, often);
      const moved = news.find(({ kind }) => kind === 'moved');
      assert.ok(moved?.kind === 'moved');
      assert.deepEqual(moved.why, {
        code: 'device-lost',
        details: { device: 'webgpu', why: 'hung' },
      });
      assert.equal(moved.device, 'wasm');
      assert.deepEqual(checkpoint, expected);
      const { steps, snapshots, validations } = await test.lab.history({ run, after: 0 });
      assert.deepEqual([steps?.first, steps?.nats.length], [1, 24]);
      assert.deepEqual(snapshots, [0, 6, 12, 18, 24]);
      assert.deepEqual(
        validations.map(({ step }) => step),
        [8, 16, 24],
      );
      await test.close();
    });
  }

  it('keeps what was changed before it was lost, and not what came behind its checkpoint', async () => {
    const test = openLab({ devices: devices({ device: 'webgpu' }, 3) });
    const { run } = await test.lab.createRun({ folder: join(test.folder, 'run'), form });
    await test.lab.change({ run, change: { decay: 0.25 } });
    const end = test.ended(run);
    await test.lab.start({ run });
    assert.equal((await end).state, 'finished');
    const { form: after } = await test.lab.openRun({ folder: join(test.folder, 'run') });
    assert.equal(after.training.decay, 0.25);
    await test.close();
  });

  it('is made here when the other one cannot be had, or is meant for larger models', async () => {
    const refused: LabDevices = {
      wish: () => Promise.resolve({ device: 'webgpu' }),
      open: (device) => Promise.reject(fail('device-unavailable', { device, why: 'no view' })),
    };
    const large = devices({ device: 'webgpu', leastWork: 1e12 });
    for (const none of [refused, large]) {
      const test = openLab({ devices: none });
      const { device } = await test.lab.createRun({ folder: join(test.folder, 'run'), form });
      assert.equal(device, 'wasm');
      await test.close();
    }
  });

  it('is made where its form says, whatever is wished for', async () => {
    const test = openLab({ devices: devices({ device: 'wasm' }) });
    const named: RunForm = { ...form, device: 'webgpu' };
    const { device } = await test.lab.createRun({ folder: join(test.folder, 'run'), form: named });
    assert.equal(device, 'webgpu');
    await test.close();
  });
});

async function trained(test: TestLab, form: RunForm) {
  const folder = join(test.folder, 'trained');
  const { run, device } = await test.lab.createRun({ folder, form });
  const end = test.ended(run);
  await test.lab.start({ run });
  assert.deepEqual(await end, { state: 'finished' });
  const news: RunNews[] = test.news.flatMap((one) => (one.run === run ? [one.news] : []));
  return { run, device, news, checkpoint: readFileSync(join(folder, 'checkpoint.safetensors')) };
}
