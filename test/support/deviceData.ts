// Short ways to put numbers on a device.
import type { Chunks, Device, DeviceArray } from '../../src/engine/devices/device';

/** An array that holds the values. */
export function put(device: Device, values: Float32Array): DeviceArray {
  const array = device.allocate(values.length);
  device.write(array, 0, values);
  return array;
}

/** One chunk. */
export async function* once(values: Float32Array, offset = 0): Chunks {
  yield await Promise.resolve({ offset, values });
}
