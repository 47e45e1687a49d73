// What is run inside a browser, where GPUs are: the parity suite and a whole model, on a backend of GPU.js.
import { GpuDevice } from '../../src/engine/devices/gpu/gpuDevice';
import { GpuTrainingDevice } from '../../src/engine/devices/gpu/gpuTrainingDevice';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import { Decoder } from '../../src/engine/model/decoder';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { GpuAdapter } from '../../src/protocol/devices';
import { findAdapters } from '../../webview/gpu/adapters';
import { once } from '../support/deviceData';
import {
  gradientInputs,
  largeGradientCases,
  runGradient,
  smallGradientCases,
} from '../support/gradientCases';
import type { ParityCase } from '../support/parityCases';
import { parityFamilies } from '../support/parityFamilies';
import { gpuTimes, type GpuTimes } from './gpuTimes';

export type BrowserBackend = 'webgpu' | 'webgl2';

/** A model in a form that crosses into a page. */
export interface PlainModel {
  readonly config: ModelConfig;
  readonly weights: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }[];
}

export interface PageTests {
  adapters(): Promise<readonly GpuAdapter[]>;
  times(backend: BrowserBackend, config: ModelConfig): Promise<GpuTimes>;
  /** Cases of a family, and what was wrong in each that failed; with a limit, matrices above it lie in parts. */
  parity(
    backend: BrowserBackend,
    family: string,
    mostNumbers?: number,
  ): Promise<{ cases: number; wrong: string[] }>;
  /** What was wrong with each gradient, forward and backward, that is not as in float64. */
  gradients(backend: BrowserBackend): Promise<string[]>;
  /** Logits of a text, fed as a prompt and then token by token from the cache: [T, V] and [V]. */
  logits(backend: BrowserBackend, model: PlainModel, ids: readonly number[]): Promise<Logits>;
}

export interface Logits {
  readonly all: number[];
  readonly stepwise: number[];
}

/** A sum of 1,000 float32 products is off by about 1e-6 of the largest; the rest of 1e-4 is margin, as promised. */
const tolerance = 1e-4;
/** GPUs may take numbers below float32's normal range for 0 (WGSL, 15.7), and RMSNorm enlarges one 316 times. */
const denormal = 2 ** -126 * 320;

const tests: PageTests = {
  adapters: findAdapters,

  async times(backend, config) {
    const device = new GpuTrainingDevice(new GpujsLauncher(backend));
    const times = await gpuTimes(device, config);
    device.dispose();
    return times;
  },

  async parity(backend, family, mostNumbers) {
    const launcher = new GpujsLauncher(backend);
    const wrong: string[] = [];
    let cases = 0;
    for (const parityCase of parityFamilies()[family] ?? []) {
      cases++;
      const found = await difference(new GpuDevice(launcher, mostNumbers), parityCase);
      if (found !== undefined) wrong.push(found);
    }
    launcher.dispose();
    return { cases, wrong };
  },

  async gradients(backend) {
    const launcher = new GpujsLauncher(backend);
    const wrong: string[] = [];
    for (const test of [...smallGradientCases, ...largeGradientCases]) {
      const inputs = gradientInputs(test, 1);
      const actual = await runGradient(new GpuTrainingDevice(launcher), test, inputs);
      const expected = await runGradient(new ReferenceTrainingDevice(), test, inputs);
      const parts = new Map([...expected.gradients, ['out', expected.out] as const]);
      for (const [part, values] of parts) {
        const found = part === 'out' ? actual.out : actual.gradients.get(part);
        const off = differenceOf(found ?? [], Float32Array.from(values));
        if (off !== undefined) wrong.push(`${test.name}, ${part}: ${off}`);
      }
    }
    launcher.dispose();
    return wrong;
  },

  async logits(backend, model, ids) {
    const device = new GpuDevice(new GpujsLauncher(backend));
    const decoder = await load(device, model);
    const breathe = (): Promise<void> => Promise.resolve();
    const all = await decoder.forward({ ids: Int32Array.from(ids), logits: 'all', breathe });
    const cache = decoder.newCache();
    let stepwise: ArrayLike<number> = [];
    for (const id of ids) {
      const next = { ids: Int32Array.of(id), cache, logits: 'last', breathe } as const;
      stepwise = await decoder.forward(next);
    }
    cache.dispose();
    decoder.dispose();
    device.dispose();
    return { all: [...all], stepwise: Array.from(stepwise) };
  },
};

Object.assign(globalThis, { tests });

async function difference(device: GpuDevice, { name, run }: ParityCase) {
  try {
    const actual = await run(device);
    const expected = Float32Array.from(await run(new ReferenceDevice()));
    const off = differenceOf(actual, expected);
    return off === undefined ? undefined : `${name}: ${off}`;
  } catch (thrown) {
    return `${name}: ${String(thrown)}`;
  }
}

function differenceOf(actual: ArrayLike<number>, expected: Float32Array): string | undefined {
  if (actual.length !== expected.length) return `${actual.length} values`;
  let [largest, worst] = [0, 0];
  expected.forEach((value, index) => {
    largest = Math.max(largest, Math.abs(value));
    const off = Math.abs((actual[index] ?? NaN) - value);
    worst = Number.isNaN(off) ? Infinity : Math.max(worst, off);
  });
  if (worst <= Math.max(tolerance * largest, denormal)) return undefined;
  return `off by ${worst}, the largest value is ${largest}`;
}

function load(device: GpuDevice, { config, weights }: PlainModel): Promise<Decoder> {
  const named = new Map(weights.map((weight) => [weight.name, weight]));
  const weight = (name: string): PlainModel['weights'][number] => {
    const found = named.get(name);
    if (found === undefined) throw new Error(`The model has no ${name}.`);
    return found;
  };
  return Decoder.load({
    device,
    config,
    weights: {
      names: [...named.keys()],
      has: (name) => named.has(name),
      shape: (name) => weight(name).shape,
      chunks: (name) => once(Float32Array.from(weight(name).values)),
    },
    breathe: () => Promise.resolve(),
  });
}
