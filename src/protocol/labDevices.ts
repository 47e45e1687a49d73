import type { DeviceName, GpuDeviceName } from './devices';
import type { Outcome } from './engineApi';
import type { RemoteCall } from './remoteDevice';

/**
 * What the lab's worker asks of whoever started it: GPUs are in a page, and which device the person wants is in the
 * settings.
 */
export interface LabDevicesWire {
  trainingWish(): Promise<TrainingWish>;
  /** A number for a device that is made, and was found to compute rightly. */
  openDevice(device: GpuDeviceName): Promise<Outcome<number>>;
  /** See `RemoteDeviceApi.run`. */
  runDevice(device: number, calls: readonly RemoteCall[]): Promise<Outcome<Float32Array[]>>;
  closeDevice(device: number): void;
}

/** Where models are to be trained. */
export interface TrainingWish {
  /** Undefined for the fastest in a thread. */
  readonly device: DeviceName | undefined;
  /** The device is meant for steps of at least so much work alone, see `trainingWork`; absent for any. */
  readonly leastWork?: number;
}

/** How large a training step is, to be compared with others: parameters times tokens. */
export function trainingWork(parameters: number, tokens: number): number {
  return parameters * tokens;
}
