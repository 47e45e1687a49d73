// What is run inside a browser, where GPUs are: the parity suite and a whole model, on a backend of GPU.js.
import { GpuDevice } from '../../src/engine/devices/gpu/gpuDevice';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { Decoder } from '../../src/engine/model/decoder';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { GpuAdapter } from '../../src/protocol/devices';
import { findAdapters } from '../../webview/gpu/adapters';
import { once } from '../support/deviceData';
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
  /** Cases of a family, and what was wrong in each that failed. */
  parity(backend: BrowserBackend, family: string): Promise<{ cases: number; wrong: string[] }>;
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
    const device = new GpuDevice(new GpujsLauncher(backend));
    const times = await gpuTimes(device, config);
    device.dispose();
    return times;
  },

  async parity(backend, family) {
    const launcher = new GpujsLauncher(backend);
    const wrong: string[] = [];
    let cases = 0;
    for (const parityCase of parityFamilies()[family] ?? []) {
      cases++;
      const found = await difference(new GpuDevice(launcher), parityCase);
      if (found !== undefined) wrong.push(found);
    }
    launcher.dispose();
    return { cases, wrong };
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
    if (actual.length !== expected.length) return `${name}: ${actual.length} values`;
    let [largest, worst] = [0, 0];
    expected.forEach((value, index) => {
      largest = Math.max(largest, Math.abs(value));
      const off = Math.abs((actual[index] ?? NaN) - value);
      worst = Number.isNaN(off) ? Infinity : Math.max(worst, off);
    });
    if (worst <= Math.max(tolerance * largest, denormal)) return undefined;
    return `${name}: off by ${worst}, the largest value is ${largest}`;
  } catch (thrown) {
    return `${name}: ${String(thrown)}`;
  }
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
