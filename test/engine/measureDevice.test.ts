// Speeds are measured on the open model, on whatever device is named, and leave the model as it was.
import assert from 'node:assert/strict';
import { Engine } from '../../src/engine/engine';
import { checkNumbers } from '../../src/engine/devices/gpu/checkNumbers';
import { GpuDevice } from '../../src/engine/devices/gpu/gpuDevice';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import { TokenscopeError } from '../../src/protocol/failures';
import { nodeParts } from '../../src/worker/nodeHost';

describe('Measuring a device', () => {
  const engine = new Engine(
    nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' }),
  );
  const builtin = { location: { kind: 'builtin' } } as const;
  before(() => engine.openModel({ ...builtin, device: 'wasm' }));
  after(() => engine.dispose());

  for (const device of ['wasm', 'reference'] as const) {
    it(`times a token and a text on ${device}`, async function () {
      this.timeout(30_000); // the reference is slow, and so may be the machine
      const speed = await engine.measureDevice({ device });
      assert.equal(speed.device, device);
      assert.equal(speed.threads, device === 'wasm' ? 1 : undefined);
      assert.ok(speed.decodeMs > 0 && speed.prefillMs > 0, JSON.stringify(speed));
      assert.ok(speed.prefillTokens >= 1 && speed.prefillTokens <= 64);
      assert.ok(speed.cachedTokens < 64);
      const training = await engine.measureTraining({ speed });
      assert.ok(training !== undefined && training.ms > 0);
      assert.ok(training.tokens >= 2 && training.tokens <= 512, JSON.stringify(training));
      assert.equal(training.parameters, (await engine.estimateModel(builtin)).parameters);
      const run = await engine.run({ ids: Int32Array.of(1, 2, 3) });
      assert.equal(run.device, 'wasm');
    });
  }

  it('says that no GPU is within reach of Node', async () => {
    await assert.rejects(engine.measureDevice({ device: 'webgpu' }), (thrown) => {
      assert.ok(thrown instanceof TokenscopeError);
      assert.equal(thrown.failure.code, 'device-unavailable');
      return true;
    });
  });

  it('can be taken back', async () => {
    const controller = new AbortController();
    const measured = engine.measureDevice({ device: 'reference' }, { signal: controller.signal });
    controller.abort();
    await assert.rejects(measured, /cancelled/);
  });
});

describe('The check of a device’s numbers', () => {
  it('passes on GPU.js', async () => {
    const device = new GpuDevice(new GpujsLauncher('webasm'));
    assert.equal(await checkNumbers(device), undefined);
    device.dispose();
  });

  it('finds a GELU that is wrong for large numbers', async () => {
    class Overflowing extends ReferenceDevice {
      override readonly activation: ReferenceDevice['activation'] = ({ out, length }) => {
        this.write(out, 0, new Float32Array(length).fill(NaN));
      };
    }
    assert.match((await checkNumbers(new Overflowing())) ?? '', /^gelu: NaN/);
  });
});
