// Short ways to put numbers on a device.
import assert from 'node:assert/strict';
import type {
  Chunks,
  Device,
  DeviceArray,
  Matrix,
  MatrixShape,
} from '../../src/engine/devices/device';

/** The element at an index that must exist. */
export function value(values: ArrayLike<number>, index: number): number {
  return values[index] ?? assert.fail(`no element ${index}`);
}

/** An array that holds the values. */
export function put(device: Device, values: Float32Array | undefined): DeviceArray {
  const present = values ?? assert.fail('no values');
  const array = device.allocate(present.length);
  device.write(array, 0, present);
  return array;
}

/** A matrix that holds the values, which are in file order. */
export function resident(
  device: Device,
  shape: MatrixShape,
  values: Float32Array,
): Promise<Matrix> {
  return device.matrix(shape, once(values));
}

/** One chunk. */
export async function* once(values: Float32Array, offset = 0): Chunks {
  yield await Promise.resolve({ offset, values });
}
