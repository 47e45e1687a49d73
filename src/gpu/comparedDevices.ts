/** Entry for Node: the kernels of the GPU devices where there is no GPU, for comparison with those that compute. */
import { GpuDevice } from '../engine/devices/gpu/gpuDevice';
import type { Device } from '../engine/devices/device';
import type { ComparedDeviceName } from '../protocol/devices';
import { GpujsLauncher } from './gpujsLauncher';

const backends = { 'gpujs-webasm': 'webasm', 'gpujs-cpu': 'cpu' } as const;

/** The caller disposes it. */
export function createComparedDevice(name: ComparedDeviceName): Device {
  return new GpuDevice(new GpujsLauncher(backends[name]));
}
