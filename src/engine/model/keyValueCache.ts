import type { ModelConfig } from '../../protocol/modelConfig';
import type { Device, DeviceArray, View } from '../devices/device';
import { Scratch } from './scratch';

/**
 * The keys and values of the tokens that went through the model already: [context, Hkv·D] per block, filled in place.
 * They depend on earlier tokens only, so they stay right whatever is appended; after a `truncate` they can be continued
 * differently.
 */
export class KeyValueCache {
  readonly #memory: Scratch;
  readonly #keys: readonly DeviceArray[];
  readonly #values: readonly DeviceArray[];
  readonly #width: number;
  #length = 0;

  /** Throws `out-of-memory`, and then holds nothing. */
  constructor(
    readonly device: Device,
    config: ModelConfig,
  ) {
    this.#width = config.keyValueHeads * config.headSize;
    this.#memory = new Scratch(device);
    const perBlock = (): DeviceArray[] =>
      Array.from({ length: config.layers }, () => {
        return this.#memory.allocate(config.context * this.#width);
      });
    try {
      this.#keys = perBlock();
      this.#values = perBlock();
    } catch (thrown) {
      this.#memory.free();
      throw thrown;
    }
  }

  /** Number of positions held. */
  get length(): number {
    return this.#length;
  }

  /** Keeps the first `length` positions. */
  truncate(length: number): void {
    if (length < 0 || length > this.#length) {
      throw new RangeError(`Cannot keep ${length} of ${this.#length} positions.`);
    }
    this.#length = length;
  }

  /** Copies new rows behind those held. They count as held only after `extend`, when every block has its rows. */
  append(block: number, rows: { keys: View; values: View; count: number }): void {
    const start = this.#length * this.#width;
    const target = (array: DeviceArray): View => ({ array, offset: start, stride: this.#width });
    const [keys, values] = [this.#keys[block], this.#values[block]];
    const size = { rows: rows.count, columns: this.#width };
    this.device.copyRows({ source: rows.keys, target: target(keys), ...size });
    this.device.copyRows({ source: rows.values, target: target(values), ...size });
  }

  extend(count: number): void {
    this.#length += count;
  }

  keys(block: number): View {
    return { array: this.#keys[block], offset: 0, stride: this.#width };
  }

  values(block: number): View {
    return { array: this.#values[block], offset: 0, stride: this.#width };
  }

  dispose(): void {
    this.#memory.free();
  }
}
