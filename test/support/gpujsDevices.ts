// GPU.js where there is no GPU: the same kernels as on one, in Node.
import { GpuDevice } from '../../src/engine/devices/gpu/gpuDevice';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import type { DeviceCase } from './devices';

/** Compiled kernels are kept from device to device. */
class KeptLauncher extends GpujsLauncher {
  override dispose(): void {
    // Another device goes on with it.
  }
}

export const gpujsDevices: readonly DeviceCase[] = (['cpu', 'webasm'] as const).map((backend) => {
  const launcher = new KeptLauncher(backend);
  return {
    name: `GPU.js ${backend}`,
    device: `gpujs-${backend}`,
    create: () => new GpuDevice(launcher),
    tolerance: 1e-4,
    rounding: 1e-5,
  };
});
