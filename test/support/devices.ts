// The devices under test, each with the accuracy it owes the oracle, as a share of the largest value.
import type { Device } from '../../src/engine/devices/device';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';

export interface DeviceCase {
  readonly name: string;
  readonly create: () => Device;
  /** The oracle is stored in float32, half a unit of which is 6e-8: 1e-6 for float64, 1e-4 for float32 sums. */
  readonly tolerance: number;
}

export const deviceCases: readonly DeviceCase[] = [
  { name: 'reference', create: () => new ReferenceDevice(), tolerance: 1e-6 },
];
