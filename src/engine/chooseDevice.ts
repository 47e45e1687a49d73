import type { DeviceName } from '../protocol/devices';
import { fail, failureOf } from '../protocol/failures';
import type { Device } from './devices/device';
import { ReferenceDevice } from './devices/reference/referenceDevice';
import { createWasmDevice } from './devices/wasm/wasmDevice';
import type { EngineHost } from './host';

/**
 * The device that was asked for, or the fastest one that runs here. Throws `device-unavailable` when the one asked for
 * does not run; without a wish the plain loops step in, and the model's info says so.
 */
export async function chooseDevice(
  host: EngineHost,
  wanted: DeviceName | undefined,
): Promise<Device> {
  if (wanted === 'reference') return new ReferenceDevice();
  try {
    return await wasmDevice(host);
  } catch (thrown) {
    if (wanted === 'wasm') throw thrown;
    return new ReferenceDevice();
  }
}

async function wasmDevice(host: EngineHost): Promise<Device> {
  const kernels = await host.wasmKernels().catch((thrown: unknown) => {
    throw fail('device-unavailable', { device: 'wasm', why: failureOf(thrown).code });
  });
  if (!WebAssembly.validate(kernels)) {
    throw fail('device-unavailable', { device: 'wasm', why: 'WebAssembly SIMD' });
  }
  return createWasmDevice(kernels);
}
