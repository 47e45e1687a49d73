// A model of the sizes of the tiny one is trained on the backends of GPU.js that are there in browsers, as from the lab.
import assert from 'node:assert/strict';
import { RemoteTrainingDevice } from '../../src/engine/devices/remote/remoteTrainingDevice';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import { createWasmTrainingDevice } from '../../src/engine/devices/wasm/wasmTrainingDevice';
import { checkpointFile } from '../../src/engine/training/checkpoint';
import { Trainer, type TrainingPlan } from '../../src/engine/training/trainer';
import { assertClose } from '../support/closeness';
import { breathe, smallConfig } from '../support/models';
import { packed, unpacked } from '../support/packedCalls';
import { bytesOf, openCheckpoint, runSteps } from '../support/trainingRuns';
import { runnableBuilds } from '../support/wasmKernels';
import { openGpuPage, type GpuPage } from './browser';
import type { TrainingPage } from './trainingPage';

declare const page: TrainingPage;

const [build] = runnableBuilds;

const plan: TrainingPlan = {
  config: {
    ...smallConfig,
    ...{ layers: 2, width: 64, heads: 4, keyValueHeads: 4, headSize: 16, hidden: 256 },
    ...{ vocabulary: 640, context: 32 },
  },
  batch: 1,
  steps: 8,
  seed: 3,
  // Adam makes full steps of gradients that are nothing but rounding, unless epsilon is far above them.
  optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-5, decay: 0.1 },
  schedule: { peak: 0.003, warmup: 2, final: 0.1 },
  clip: 1,
  freeze: [],
};
/** Three steps of float32 sums in another order, each from weights that differ already. */
const tolerance = 1e-3;

for (const backend of ['webgl2', 'webgpu'] as const) {
  describe(`Training on GPU.js ${backend} in a browser`, function () {
    this.timeout(120_000); // software stands in for the GPU
    let opened: GpuPage;
    let missing: string | undefined;
    before(async () => {
      opened = await openGpuPage('test/gpu/trainingPage.ts');
      const adapters = await opened.page.evaluate(() => page.adapters());
      const adapter = adapters.find(({ device }) => device === backend);
      missing = adapter?.kind === 'missing' ? `no adapter for ${backend}` : undefined;
    });
    after(() => opened.close());
    beforeEach(function () {
      if (missing === undefined) return;
      if (this.currentTest !== undefined) this.currentTest.title += ` (skipped: ${missing})`;
      this.skip();
    });

    it('passes the check without which nothing is trained on it', async () => {
      assert.equal(await opened.page.evaluate((on) => page.check(on), backend), undefined);
    });

    it('comes to the losses and weights of WebAssembly, and goes on from a checkpoint', async () => {
      const far = await startedOn(await farDevice());
      const near = await startedOn(createWasmTrainingDevice(build?.kernels ?? assert.fail()));
      const [actual, expected] = [await runSteps(far, 3), await runSteps(near, 3)];
      const nats = (reports: typeof actual): number[] => reports.map((report) => report.nats);
      assertClose(nats(actual), nats(expected), { tolerance, what: 'losses' });
      assert.ok((actual[2]?.nats ?? NaN) < (actual[0]?.nats ?? NaN));
      await sameWeights(far, near);
      const checkpoint = await openCheckpoint(await bytesOf(checkpointFile(far.content())));
      const again = await startedOn(await farDevice(), checkpoint);
      // What is read back is what lies there: the same numbers, and so the same steps.
      assert.deepEqual(await runSteps(again, 1), await runSteps(far, 1));
    });

    it('tells the model that it is trained no more when the GPU is gone', async () => {
      const far = await startedOn(await farDevice());
      await runSteps(far, 1);
      await opened.page.evaluate(() => page.lose());
      await assert.rejects(far.advance(breathe), /device-lost/);
    });

    async function farDevice(): Promise<TrainingDevice> {
      await opened.page.evaluate((on) => {
        page.open(on);
      }, backend);
      return new RemoteTrainingDevice(backend, {
        run: async (calls) => {
          const answer = await opened.page.evaluate((text) => page.play(text), packed(calls));
          return unpacked(answer) as Float32Array[];
        },
        close: () => undefined,
      });
    }
  });
}

function startedOn(device: TrainingDevice, from?: Parameters<typeof Trainer.create>[2]['from']) {
  const { vocabulary } = plan.config;
  const tokens = Uint16Array.from({ length: 500 }, (_, at) => (at * at + (at >> 3)) % vocabulary);
  return Trainer.create({ device, plan }, [{ tokens, weight: 1 }], { breathe, from });
}

async function sameWeights(actual: Trainer, expected: Trainer): Promise<void> {
  for (const [index, { name, value }] of expected.weights.entries()) {
    const own = actual.weights[index] ?? assert.fail(name);
    const found = await actual.device.read(own.value);
    assertClose(found, await expected.device.read(value), { tolerance, what: name });
  }
}
