import type { DeviceName, GpuDeviceName, WeightFormat } from '../protocol/devices';
import { fail, failureOf } from '../protocol/failures';
import type { Device } from './devices/device';
import { ReferenceDevice } from './devices/reference/referenceDevice';
import { ReferenceTrainingDevice } from './devices/reference/referenceTrainingDevice';
import type { TrainingDevice } from './devices/trainingDevice';
import { createCompactWasmDevice } from './devices/wasm/compactWasmDevice';
import { createWasmDevice } from './devices/wasm/wasmDevice';
import { createWasmTrainingDevice } from './devices/wasm/wasmTrainingDevice';
import type { EngineHost, HelperThreads } from './host';

/**
 * The device that was asked for, or the fastest one that runs here. Throws `device-unavailable` when the one asked for
 * does not run; without a wish the plain loops step in, and the model's info says so. `weights` is how the wasm device
 * keeps matrices; others keep them as they are.
 */
export async function chooseDevice(
  host: EngineHost,
  wanted: DeviceName | undefined,
  weights: WeightFormat = 'f32',
): Promise<Device> {
  if (wanted === 'webgpu' || wanted === 'webgl2') {
    if (host.gpu !== undefined) return host.gpu(wanted);
    throw noGpu(wanted);
  }
  const make = { reference: () => new ReferenceDevice(), wasm: wasmMaker(weights) };
  return choose<Device>({ host, wanted }, make);
}

/** A device that runs here, and how it is told from others. */
export interface RunnableDevice {
  readonly description: {
    readonly device: DeviceName;
    /** Of the kernels of `wasm`. */
    readonly build?: 'simd' | 'relaxed';
    readonly threads: number;
  };
  /** Whoever makes it disposes it. */
  readonly create: () => Device;
}

/**
 * Every device beside the reference that runs here, each build of its kernels for itself. Those of GPU.js keep weights as
 * they are, and are left out where others are wanted.
 */
export async function runnableDevices(
  host: EngineHost,
  weights: WeightFormat,
): Promise<RunnableDevice[]> {
  const { helpers } = host;
  const make = wasmMaker(weights);
  const shared = helpers === undefined ? '' : '-shared';
  const found: RunnableDevice[] = [];
  for (const build of ['simd', 'relaxed'] as const) {
    const kernels = await host.wasmKernels(`${build}${shared}`).catch(() => undefined);
    if (kernels === undefined || !WebAssembly.validate(kernels)) continue;
    found.push({
      description: { device: 'wasm', build, threads: 1 + (helpers?.count ?? 0) },
      create: () => make(kernels, helpers),
    });
  }
  const { compared } = host;
  if (compared === undefined || weights !== 'f32') return found;
  for (const device of ['gpujs-webasm', 'gpujs-cpu'] as const) {
    found.push({ description: { device, threads: 1 }, create: () => compared(device) });
  }
  return found;
}

function wasmMaker(weights: WeightFormat): Makers<Device>['wasm'] {
  if (weights === 'f32') return createWasmDevice;
  return (kernels, helpers) => createCompactWasmDevice(kernels, weights, helpers);
}

/** What `chooseDevice` does, for a device that trains. */
export async function chooseTrainingDevice(
  host: EngineHost,
  wanted: DeviceName | undefined,
): Promise<TrainingDevice> {
  if (wanted === 'webgpu' || wanted === 'webgl2') {
    if (host.gpuTraining !== undefined) return host.gpuTraining(wanted);
    throw noGpu(wanted);
  }
  const make = { reference: () => new ReferenceTrainingDevice(), wasm: createWasmTrainingDevice };
  return choose<TrainingDevice>({ host, wanted }, make);
}

function noGpu(device: GpuDeviceName): Error {
  return fail('device-unavailable', { device, why: 'no GPU within reach' });
}

interface Makers<D extends Device> {
  readonly reference: () => D;
  readonly wasm: (kernels: Uint8Array, helpers: HelperThreads | undefined) => D;
}

async function choose<D extends Device>(
  { host, wanted }: { readonly host: EngineHost; readonly wanted: DeviceName | undefined },
  make: Makers<D>,
): Promise<D> {
  if (wanted === 'reference') return make.reference();
  try {
    return await makeWasm(host, make);
  } catch (thrown) {
    if (wanted === 'wasm') throw thrown;
    return make.reference();
  }
}

/** With threads where there are any and memory can be shared with them. Throws `device-unavailable`. */
async function makeWasm<D extends Device>(host: EngineHost, make: Makers<D>): Promise<D> {
  const { helpers } = host;
  if (helpers !== undefined) {
    try {
      return make.wasm(await runnableKernels(host, '-shared'), helpers);
    } catch {
      // One thread does everything that many do.
    }
  }
  return make.wasm(await runnableKernels(host, ''), undefined);
}

/** The build that suits this engine best. Throws `device-unavailable` when none can be read and run. */
async function runnableKernels(host: EngineHost, kind: '' | '-shared'): Promise<Uint8Array> {
  const relaxed = await host.wasmKernels(`relaxed${kind}`).catch(() => undefined);
  if (relaxed !== undefined && WebAssembly.validate(relaxed)) return relaxed;
  const kernels = await host.wasmKernels(`simd${kind}`).catch((thrown: unknown) => {
    throw fail('device-unavailable', { device: 'wasm', why: failureOf(thrown).code });
  });
  if (WebAssembly.validate(kernels)) return kernels;
  throw fail('device-unavailable', { device: 'wasm', why: 'WebAssembly SIMD' });
}
