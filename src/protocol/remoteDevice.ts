import type { GpuDeviceName } from './devices';

/**
 * A device that trains, in a worker of a page. Operations come in the order in which they were issued, many in a message;
 * only what is read comes back.
 */
export interface RemoteDeviceApi {
  /** Makes the device. Rejects with `device-unavailable` when it cannot be made or computes wrongly. */
  open(request: { device: GpuDeviceName }): Promise<void>;
  /** Does what is asked for and answers with what was read, in the order of the calls. */
  run(request: { calls: readonly RemoteCall[] }): Promise<Float32Array[]>;
}

/**
 * One call of the op table, by the name of its method. In what is given, `{ array: number }` and `{ matrix: number }`
 * stand for what the caller numbered when it was made.
 */
export interface RemoteCall {
  readonly name: string;
  readonly given: unknown;
}
