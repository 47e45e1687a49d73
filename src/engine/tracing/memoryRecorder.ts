import type { Device, Values } from '../devices/device';
import { globExpression } from '../globExpression';
import type { Recorder } from './recorder';

/** One recorded block of numbers, slowest axis first, dense. */
export interface Recorded {
  readonly shape: readonly number[];
  readonly values: Values;
}

/**
 * Keeps activations in memory: those whose name matches one of the patterns, as long as they fit the byte limit.
 * What does not fit is not kept but listed in `skipped`, so that it can be computed again on demand.
 */
export class MemoryRecorder implements Recorder {
  readonly #device: Device;
  readonly #patterns: readonly RegExp[];
  readonly #limitBytes: number;
  readonly #kept = new Map<string, Recorded>();
  readonly #skipped = new Set<string>();
  #bytes = 0;

  /** `keep` holds glob patterns such as `blocks.*.attn.pattern`, where `*` is any run of characters. */
  constructor(device: Device, options: { keep: readonly string[]; limitBytes: number }) {
    this.#device = device;
    this.#patterns = options.keep.map(globExpression);
    this.#limitBytes = options.limitBytes;
  }

  wants(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.test(name));
  }

  async keep(activation: Parameters<Recorder['keep']>[0]): Promise<void> {
    const { name, shape, array, offset = 0 } = activation;
    const rows = shape[0] ?? 1;
    const rowLength = shape.slice(1).reduce((product, size) => product * size, 1);
    const stride = activation.stride ?? rowLength;
    this.#forget(name);
    if (this.#bytes + rows * rowLength * bytesPerValue(this.#device) > this.#limitBytes) {
      this.#skipped.add(name);
      return;
    }
    const span = rows === 0 ? 0 : (rows - 1) * stride + rowLength;
    const read = await this.#device.read(array, offset, span);
    const values = stride === rowLength ? read : compact(read, { rows, rowLength, stride });
    this.#kept.set(name, { shape, values });
    this.#bytes += values.byteLength;
  }

  /** The activation of that name, or undefined when it was not recorded or did not fit. It stays the recorder's. */
  get(name: string): Recorded | undefined {
    return this.#kept.get(name);
  }

  /** Names kept, in the order in which they were made. */
  get names(): readonly string[] {
    return [...this.#kept.keys()];
  }

  /** Names that were wanted but did not fit. */
  get skipped(): readonly string[] {
    return [...this.#skipped];
  }

  get bytes(): number {
    return this.#bytes;
  }

  #forget(name: string): void {
    this.#bytes -= this.#kept.get(name)?.values.byteLength ?? 0;
    this.#kept.delete(name);
    this.#skipped.delete(name);
  }
}

function bytesPerValue(device: Device): number {
  return device.name === 'reference' ? 8 : 4;
}

/** Rows that are `stride` apart, moved together. */
function compact(
  values: Values,
  layout: { readonly rows: number; readonly rowLength: number; readonly stride: number },
): Values {
  const { rows, rowLength, stride } = layout;
  const dense = values.slice(0, rows * rowLength);
  for (let row = 0; row < rows; row++) {
    const start = row * stride;
    dense.set(values.subarray(start, start + rowLength), row * rowLength);
  }
  return dense;
}
