// Where the model is computed: settings first, then what was measured, and only while the GPU's view is there.
import assert from 'node:assert/strict';
import type { Memento } from 'vscode';
import type { WorkerPort } from '../../src/extension/engine/workerLink';
import { DeviceChoice, isFaster } from '../../src/extension/gpu/deviceChoice';
import { Settings } from '../../src/extension/settings';
import type { MeasuredDevice, GpuAdapter } from '../../src/protocol/devices';

const hardware: GpuAdapter = { device: 'webgpu', name: 'A GPU', kind: 'hardware' };
const software: GpuAdapter = { device: 'webgl2', name: 'SwiftShader', kind: 'software' };

describe('The choice of a device', () => {
  it('is WebAssembly in a thread while nothing was measured', () => {
    const { choice, started } = make('auto', [hardware, software]);
    choice.start();
    assert.deepEqual(started, ['thread']);
    assert.equal(choice.device(), undefined);
  });

  it('takes a GPU that was measured to be worth it, for the model that it was measured on', async () => {
    const setup = make('auto', [hardware, software]);
    await setup.choice.remember([speed('wasm', 10, 100), speed('webgpu', 9, 50)]);
    setup.choice.start();
    assert.deepEqual(setup.started, ['page']);
    assert.equal(setup.choice.device(), 'webgpu');
    setup.folder = '/another';
    assert.equal(setup.choice.isInPlace, false);
  });

  it('knows the fastest for each kind of work apart, and what does both', async () => {
    const setup = make('auto', [hardware, software]);
    assert.equal(setup.choice.measured, undefined);
    await setup.choice.remember([speed('wasm', 10, 100), speed('webgpu', 20, 20)]);
    assert.deepEqual(setup.choice.measured, { used: 'wasm', decode: 'wasm', prefill: 'webgpu' });
    await setup.choice.remember([speed('wasm', 10, 100), speed('webgpu', 9, 20)]);
    assert.deepEqual(setup.choice.measured, {
      used: 'webgpu',
      decode: 'webgpu',
      prefill: 'webgpu',
    });
    // Software that stands in for a GPU is no candidate, however fast.
    await setup.choice.remember([speed('wasm', 10, 100), speed('webgl2', 1, 1)]);
    assert.deepEqual(setup.choice.measured, { used: 'wasm', decode: 'wasm', prefill: 'wasm' });
  });

  it('leaves software that stands in for a GPU alone unless it is named', async () => {
    const automatic = make('auto', [software]);
    await automatic.choice.remember([speed('wasm', 10, 100), speed('webgl2', 1, 1)]);
    automatic.choice.start();
    assert.deepEqual(automatic.started, ['thread']);
    const named = make('webgl2', [software]);
    named.choice.start();
    assert.deepEqual(named.started, ['page']);
    assert.equal(named.choice.device(), 'webgl2');
  });

  it('goes on in a thread when the view is closed, and knows that it is missed', () => {
    const setup = make('webgpu', [hardware]);
    setup.choice.start();
    assert.equal(setup.choice.isInPlace, true);
    setup.adapters = undefined;
    assert.equal(setup.choice.isInPlace, false);
    assert.equal(setup.choice.missing, 'webgpu');
    setup.choice.start();
    assert.deepEqual(setup.started, ['page', 'thread']);
    assert.equal(setup.choice.device(), undefined);
  });

  it('does not go back to a GPU that failed, until it is forgiven', () => {
    const setup = make('webgpu', [hardware]);
    setup.choice.start();
    setup.choice.refuse('webgpu');
    setup.choice.start();
    setup.choice.forgive();
    setup.choice.start();
    assert.deepEqual(setup.started, ['page', 'thread', 'page']);
  });

  it('keeps the devices of threads in threads', () => {
    const setup = make('reference', [hardware]);
    setup.choice.start();
    assert.deepEqual(setup.started, ['thread']);
    assert.equal(setup.choice.device(), 'reference');
  });
});

describe('The choice of a device for training', () => {
  const trained = (name: MeasuredDevice['device'], ms: number): MeasuredDevice => ({
    ...speed(name, 10, 100),
    training: { ms, tokens: 512, parameters: 1000 },
  });

  it('is left to the thread while nothing was measured, and where that is the faster', async () => {
    const { choice } = make('auto', [hardware, software]);
    assert.deepEqual(choice.trainingWish(), { device: undefined });
    await choice.remember([trained('wasm', 10), trained('webgpu', 8), trained('webgl2', 1)]);
    assert.deepEqual(choice.trainingWish(), { device: undefined });
    assert.deepEqual(choice.measured?.training, { device: 'wasm', leastWork: 512_000 });
  });

  it('is a GPU that was 1.5 times as fast, for steps that are no smaller', async () => {
    const setup = make('auto', [hardware, software]);
    await setup.choice.remember([trained('wasm', 10), trained('webgpu', 5)]);
    assert.deepEqual(setup.choice.trainingWish(), { device: 'webgpu', leastWork: 512_000 });
    // It is decided apart from what runs the model.
    assert.equal(setup.choice.measured?.used, 'wasm');
    setup.adapters = undefined;
    assert.deepEqual(setup.choice.trainingWish(), { device: undefined });
  });

  it('compares tokens, of which a slow device was asked for fewer', async () => {
    const { choice } = make('auto', [hardware]);
    const slow = trained('webgpu', 5);
    const fewer = { ...slow, training: { ms: 5, tokens: 64, parameters: 1000 } };
    await choice.remember([trained('wasm', 10), fewer]);
    assert.deepEqual(choice.trainingWish(), { device: undefined });
  });

  it('says nothing of models whose training was not measured', async () => {
    const { choice } = make('auto', [hardware]);
    await choice.remember([speed('wasm', 10, 100), speed('webgpu', 1, 1)]);
    assert.equal(choice.measured?.training, undefined);
    assert.deepEqual(choice.trainingWish(), { device: undefined });
  });

  it('is what the settings name, software too', () => {
    assert.deepEqual(make('webgl2', [software]).choice.trainingWish(), { device: 'webgl2' });
  });
});

describe('A GPU that is worth it', () => {
  const cpu = speed('wasm', 10, 100);
  it('is 1.5 times as fast in one kind of work and slower in none', () => {
    assert.equal(isFaster(speed('webgpu', 10, 60), cpu), true);
    assert.equal(isFaster(speed('webgpu', 6, 100), cpu), true);
    assert.equal(isFaster(speed('webgpu', 9, 80), cpu), false);
    assert.equal(isFaster(speed('webgpu', 11, 1), cpu), false);
  });

  it('is compared by the token, whatever the lengths of the texts', () => {
    assert.equal(isFaster({ ...speed('webgpu', 10, 10), prefillTokens: 4 }, cpu), false);
  });
});

function speed(
  device: MeasuredDevice['device'],
  decodeMs: number,
  prefillMs: number,
): MeasuredDevice {
  const common = { device, threads: undefined, cachedTokens: 63, prefillTokens: 64 };
  return { ...common, decodeMs, prefillMs, training: undefined };
}

interface Setup {
  readonly choice: DeviceChoice;
  readonly started: string[];
  adapters: readonly GpuAdapter[] | undefined;
  folder: string;
}

function make(device: string, adapters: readonly GpuAdapter[]): Setup {
  const started: string[] = [];
  const port = (where: string) => (): WorkerPort => {
    started.push(where);
    return {
      post: () => undefined,
      onMessage: () => undefined,
      onGone: () => undefined,
      kill: () => Promise.resolve(),
    };
  };
  const setup = { started, adapters: adapters as Setup['adapters'], folder: '/model' };
  const settings = new Settings(
    (name) => (name === 'device' || name === 'trainingDevice' ? device : undefined),
    () => undefined,
  );
  const choice = new DeviceChoice({
    settings,
    carrier: {
      get adapters() {
        return setup.adapters;
      },
      start: port('page'),
    },
    startThread: port('thread'),
    location: () => ({ kind: 'folder', folder: setup.folder }),
    memory: memento(),
    version: '1',
  });
  return Object.assign(setup, { choice });
}

function memento(): Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: <Value>(key: string, otherwise?: Value) => (kept.get(key) ?? otherwise) as Value,
    update: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
  };
}
