// How long things take on a device of GPU.js, in Node or in a page: launches, a token, a text, a training step.
import type { Device } from '../../src/engine/devices/device';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import { Decoder } from '../../src/engine/model/decoder';
import { elementCount } from '../../src/engine/model/parameters';
import { expectedShapes } from '../../src/engine/model/shapes';
import { Trainer, type TrainingPlan } from '../../src/engine/training/trainer';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { once, put } from '../support/deviceData';
import { seeded, spread } from '../support/random';

export interface GpuTimes {
  /** One of 100 small operations in a row, read once at the end. */
  readonly launchUs: number;
  /** A token behind 63 others, and a text of 64 tokens, of a model with these sizes. */
  readonly decodeMs: number;
  readonly prefillMs: number;
  /** A training step of one sequence of 32 tokens. */
  readonly trainingMs: number;
}

const rounds = 3;

export async function gpuTimes(device: TrainingDevice, config: ModelConfig): Promise<GpuTimes> {
  const launchUs = (await least(() => chain(device, 100))) * 10;
  const decoder = await randomModel(device, config);
  const cache = decoder.newCache();
  const run = async (kept: number, tokens: number): Promise<void> => {
    cache.truncate(kept);
    const ids = Int32Array.from({ length: tokens }, (_, n) => n);
    const breathe = (): Promise<void> => Promise.resolve();
    await decoder.forward({ ids, cache, logits: 'last', breathe });
  };
  const prefillMs = await least(() => run(0, 64));
  const decodeMs = await least(() => run(63, 1));
  cache.dispose();
  decoder.dispose();
  return { launchUs, decodeMs, prefillMs, trainingMs: await trainingMs(device, config) };
}

async function trainingMs(device: TrainingDevice, config: ModelConfig): Promise<number> {
  const plan: TrainingPlan = {
    config: { ...config, context: 32 },
    batch: 1,
    steps: 100,
    seed: 1,
    optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1 },
    schedule: { peak: 1e-6, warmup: 0, final: 1 },
    clip: 1,
    freeze: [],
  };
  const breathe = (): Promise<void> => Promise.resolve();
  const corpus = { tokens: Uint16Array.from({ length: 128 }, (_, at) => at), weight: 1 };
  const trainer = await Trainer.create({ device, plan }, [corpus], { breathe });
  const ms = await least(async () => {
    await trainer.advance(breathe);
  });
  trainer.dispose();
  return ms;
}

async function chain(device: Device, launches: number): Promise<void> {
  const a = put(device, new Float32Array(64).fill(1));
  for (let n = 0; n < launches; n++) device.add({ a, b: a, out: a, length: 64 });
  await device.read(a);
  device.free(a);
}

/** Milliseconds of the fastest run but the first, in which kernels are compiled. */
async function least(run: () => Promise<void>): Promise<number> {
  await run();
  let fastest = Infinity;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await run();
    fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest;
}

function randomModel(device: Device, config: ModelConfig): Promise<Decoder> {
  const shapes = expectedShapes(config);
  const shape = (name: string): readonly number[] => shapes.get(name) ?? [];
  const random = seeded(1);
  return Decoder.load({
    device,
    config,
    weights: {
      names: [...shapes.keys()],
      has: (name) => shapes.has(name),
      shape,
      chunks: (name) => once(spread(random, elementCount(shape(name)), 0.05)),
    },
    breathe: () => Promise.resolve(),
  });
}
