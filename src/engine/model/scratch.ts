import type { Device, DeviceArray } from '../devices/device';

/** Arrays that live and die together: whoever makes a scratch frees it in a `finally`. */
export class Scratch {
  readonly #device: Device;
  readonly #arrays: DeviceArray[] = [];

  constructor(device: Device) {
    this.#device = device;
  }

  /** `length` zeros; throws `out-of-memory`. */
  allocate(length: number): DeviceArray {
    const array = this.#device.allocate(length);
    this.#arrays.push(array);
    return array;
  }

  /** Frees everything; calling it twice does nothing. */
  free(): void {
    for (const array of this.#arrays.splice(0)) this.#device.free(array);
  }
}
