import type { Device } from '../engine/devices/device';
import { GpuDevice } from '../engine/devices/gpu/gpuDevice';
import { checkNumbers } from '../engine/devices/gpu/checkNumbers';
import type { GpuDeviceName } from '../protocol/devices';
import { fail } from '../protocol/failures';
import { GpujsLauncher } from './gpujsLauncher';

/**
 * A device of GPU.js that has shown that it computes rightly. Rejects with `device-unavailable` when it cannot be made
 * or does not. `onLost` is told once, when the GPU is taken away later on.
 */
export async function makeGpuDevice(
  name: GpuDeviceName,
  onLost: (why: string) => void,
): Promise<Device> {
  let device: GpuDevice | undefined;
  try {
    const launcher = new GpujsLauncher(name);
    device = new GpuDevice(launcher);
    const difference = await checkNumbers(device);
    if (difference !== undefined) throw new Error(difference);
    await launcher.watch(onLost);
    return device;
  } catch (thrown) {
    device?.dispose();
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw fail('device-unavailable', { device: name, why });
  }
}
