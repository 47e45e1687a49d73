// The devices under test, each with the accuracy it owes.
import type { Device } from '../../src/engine/devices/device';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { createWasmDevice } from '../../src/engine/devices/wasm/wasmDevice';
import type { DeviceName } from '../../src/protocol/devices';
import { runnableBuilds } from './wasmKernels';

export interface DeviceCase {
  readonly name: string;
  /** What people call it: all builds of the kernels go by one name. */
  readonly device: DeviceName;
  readonly create: () => Device;
  /**
   * Distance from the oracle, as a share of the largest value. The oracle is stored in float32, half a unit of which is
   * 6e-8: 1e-6 for float64, 1e-4 for sums in float32.
   */
  readonly tolerance: number;
  /** Distance between two ways to the same number on one device, which may add in another order. */
  readonly rounding: number;
}

export const deviceCases: readonly DeviceCase[] = [
  {
    name: 'reference',
    device: 'reference',
    create: () => new ReferenceDevice(),
    tolerance: 1e-6,
    rounding: 1e-12,
  },
  ...runnableBuilds.map(({ name, kernels }) => ({
    name,
    device: 'wasm' as const,
    create: () => createWasmDevice(kernels),
    tolerance: 1e-4,
    rounding: 1e-5,
  })),
];
