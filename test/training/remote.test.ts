// Training on a device that is somewhere else: the same numbers, one message a step, and a clear end when it is lost.
import assert from 'node:assert/strict';
import type { DeviceArray } from '../../src/engine/devices/device';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import { createWasmTrainingDevice } from '../../src/engine/devices/wasm/wasmTrainingDevice';
import { checkpointFile } from '../../src/engine/training/checkpoint';
import { rejectsWith } from '../support/failing';
import { breathe } from '../support/models';
import { parityFamilies } from '../support/parityFamilies';
import { distant } from '../support/remoteDevices';
import { bytesOf, openCheckpoint, runSteps, startTrainer } from '../support/trainingRuns';
import { runnableBuilds } from '../support/wasmKernels';

const [build] = runnableBuilds;
assert.ok(build !== undefined);
const wasm = () => createWasmTrainingDevice(build.kernels);

describe('A device that is somewhere else', () => {
  for (const [family, cases] of Object.entries(parityFamilies())) {
    it(`computes the very numbers of the device that is there, for ${family}`, async function () {
      this.timeout(20_000); // the reference is slow, and runs twice
      for (const { name, run } of cases) {
        const { device } = distant(new ReferenceTrainingDevice());
        const actual = await run(device);
        const expected = Float32Array.from(await run(new ReferenceDevice()));
        assert.deepEqual(Float32Array.from(actual), expected, name);
        device.dispose();
      }
    });
  }

  it('trains to the very weights of the device that is there', async () => {
    const far = distant(wasm());
    for (const changes of [{}, { dropout: 0.2 }, { fixEmbeddingNorm: true }]) {
      const here = await startTrainer(wasm(), changes);
      const there = await startTrainer(far.device, changes);
      assert.deepEqual(await runSteps(there, 4), await runSteps(here, 4));
      const files = [there, here].map((trainer) => bytesOf(checkpointFile(trainer.content())));
      assert.deepEqual(await files[0], await files[1]);
    }
    far.device.dispose();
  });

  it('is asked once for a step, and for nothing but losses and norms', async () => {
    const { device, messages } = distant(wasm());
    const trainer = await startTrainer(device);
    await runSteps(trainer, 1);
    messages.length = 0;
    await runSteps(trainer, 3);
    assert.equal(messages.length, 3);
    for (const calls of messages) {
      const read = calls.filter(({ name }) => name === 'read').map(({ given }) => given);
      const lengths = read.map((given) => (given as { length: number }).length);
      const { batch, config } = trainer.plan;
      assert.deepEqual(lengths, [batch * config.context, trainer.weights.length]);
      // Weights, gradients and moments stay where they are.
      assert.ok(!calls.some(({ name }) => name === 'write'));
    }
    device.dispose();
  });

  it('goes on from a checkpoint as if it had not stopped', async () => {
    const far = distant(wasm());
    const trainer = await startTrainer(far.device);
    await runSteps(trainer, 5);
    const checkpoint = await openCheckpoint(await bytesOf(checkpointFile(trainer.content())));
    const again = await startTrainer(distant(wasm()).device, {}, checkpoint);
    assert.deepEqual(await runSteps(again, 4), await runSteps(trainer, 4));
  });

  it('says that it is lost, whatever went wrong there, and what for', async () => {
    const far = distant(wasm());
    const { device } = far;
    const trainer = await startTrainer(device);
    await runSteps(trainer, 2);
    far.lose('hung');
    const told = await rejectsWith('device-lost', trainer.advance(breathe));
    assert.deepEqual(told, { device: 'webgpu', why: 'hung' });
    // What is let go of on a device that is gone is nobody's trouble.
    trainer.dispose();
    device.dispose();
  });

  it('refuses arrays that were freed, and those of other devices', () => {
    const { device } = distant(wasm());
    const array = device.allocate(4);
    device.free(array);
    assert.throws(() => {
      device.clear(array);
    }, TypeError);
    assert.throws(() => device.read(array), TypeError);
    const foreign = wasm();
    assert.throws(() => device.read(foreign.allocate(4)), TypeError);
  });

  it('leaves nothing there when a run is over', async () => {
    const there = new HeldDevice();
    const { device } = distant(there);
    const trainer = await startTrainer(device);
    await runSteps(trainer, 1);
    assert.ok(there.held > 0);
    trainer.dispose();
    const last = device.allocate(1);
    await device.read(last);
    assert.equal(there.held, 1);
  });
});

/** Counts the arrays that it holds. */
class HeldDevice extends ReferenceTrainingDevice {
  held = 0;

  override allocate(length: number): DeviceArray {
    this.held++;
    return super.allocate(length);
  }

  override free(array: DeviceArray): void {
    this.held--;
    super.free(array);
  }
}
