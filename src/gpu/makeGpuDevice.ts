import type { Device } from '../engine/devices/device';
import { GpuDevice } from '../engine/devices/gpu/gpuDevice';
import { GpuTrainingDevice } from '../engine/devices/gpu/gpuTrainingDevice';
import { checkNumbers } from '../engine/devices/gpu/checkNumbers';
import type { TrainingDevice } from '../engine/devices/trainingDevice';
import { checkTraining } from '../engine/training/checkTraining';
import type { GpuDeviceName } from '../protocol/devices';
import { fail } from '../protocol/failures';
import { GpujsLauncher } from './gpujsLauncher';

/**
 * A device of GPU.js that has shown that it computes rightly. Rejects with `device-unavailable` when it cannot be made
 * or does not. `onLost` is told once, when the GPU is taken away later on.
 */
export function makeGpuDevice(name: GpuDeviceName, onLost: (why: string) => void): Promise<Device> {
  return checked({ name, onLost }, (launcher) => new GpuDevice(launcher), checkNumbers);
}

/** The same for a device that has shown that it trains rightly too. */
export function makeGpuTrainingDevice(
  name: GpuDeviceName,
  onLost: (why: string) => void,
): Promise<TrainingDevice> {
  return checked(
    { name, onLost },
    (launcher) => new GpuTrainingDevice(launcher),
    async (device) => (await checkNumbers(device)) ?? checkTraining(device),
  );
}

async function checked<Made extends Device>(
  { name, onLost }: { readonly name: GpuDeviceName; readonly onLost: (why: string) => void },
  make: (launcher: GpujsLauncher) => Made,
  check: (device: Made) => Promise<string | undefined>,
): Promise<Made> {
  let device: Made | undefined;
  try {
    const launcher = new GpujsLauncher(name);
    device = make(launcher);
    const difference = await check(device);
    if (difference !== undefined) throw new Error(difference);
    await launcher.watch(onLost);
    return device;
  } catch (thrown) {
    device?.dispose();
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw fail('device-unavailable', { device: name, why });
  }
}
