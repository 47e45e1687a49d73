import type { DeviceArray } from '../devices/device';

/** Told of every activation as the forward pass makes it. The decoder asks first, so that what nobody wants costs nothing. */
export interface Recorder {
  wants(name: string): boolean;
  /**
   * Takes a copy now: the decoder reuses the array at once. `shape` is slowest axis first; the values start at `offset`
   * and rows of the slowest axis are `stride` elements apart (default: dense).
   */
  keep(activation: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly array: DeviceArray;
    readonly offset?: number;
    readonly stride?: number;
  }): Promise<void>;
}
