// GPU.js where there is no GPU: the same kernels as on one, in Node.
import { GpuDevice } from '../../src/engine/devices/gpu/gpuDevice';
import { GpuTrainingDevice } from '../../src/engine/devices/gpu/gpuTrainingDevice';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import type { DeviceCase } from './devices';

/** Compiled kernels are kept from device to device. */
class KeptLauncher extends GpujsLauncher {
  override dispose(): void {
    // Another device goes on with it.
  }
}

const launchers = (['cpu', 'webasm'] as const).map((backend) => new KeptLauncher(backend));

export const gpujsTrainingDevices = launchers.map((launcher) => ({
  name: `GPU.js ${launcher.backend}`,
  create: () => new GpuTrainingDevice(launcher),
}));

/** Few enough numbers that most matrices of the cases lie in parts, and some of one output each. */
const mostNumbers = 1024;

export const gpujsDevices: readonly DeviceCase[] = launchers.map((launcher) => {
  const { backend } = launcher;
  return {
    name: `GPU.js ${backend}`,
    device: backend === 'cpu' ? 'gpujs-cpu' : 'gpujs-webasm',
    create: () => new GpuDevice(launcher),
    tolerance: 1e-4,
    rounding: 1e-5,
  };
});

function launcherOf(n: number): KeptLauncher {
  const launcher = launchers[n];
  if (launcher === undefined) throw new RangeError(`no launcher ${n}`);
  return launcher;
}

/** As where an array may not be as large as a matrix. */
export const gpujsInParts: readonly DeviceCase[] = gpujsDevices.map((of, n) => ({
  ...of,
  name: `${of.name} with matrices in parts`,
  create: () => new GpuDevice(launcherOf(n), mostNumbers),
}));
