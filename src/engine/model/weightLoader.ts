import { fail } from '../../protocol/failures';
import type { Cancellation } from '../../protocol/engineApi';
import type { Progress } from '../../protocol/health';
import type { Chunks, Device, DeviceArray, Matrix, MatrixShape } from '../devices/device';
import { throwIfCancelled } from './cancellation';
import { elementCount } from './parameters';
import type { WeightSource } from './weights';

export interface LoadOptions {
  readonly weights: WeightSource;
  readonly breathe: () => Promise<void>;
  readonly signal?: Cancellation | undefined;
  /** Bytes counted as float32. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Brings weights to a device, each checked against the shape the config asks for, and owns them: `free` releases all
 * that was brought, whether or not loading got to its end.
 */
export class WeightLoader {
  readonly #device: Device;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #options: LoadOptions;
  readonly #arrays: DeviceArray[] = [];
  readonly #matrices: Matrix[] = [];
  readonly #total: number;
  #done = 0;
  #sinceBreath = 0;

  /** Throws `tensor-missing` or `tensor-shape` before anything is read. */
  constructor(
    device: Device,
    shapes: ReadonlyMap<string, readonly number[]>,
    options: LoadOptions,
  ) {
    checkShapes(shapes, options.weights);
    this.#device = device;
    this.#shapes = shapes;
    this.#options = options;
    this.#total = [...shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  }

  has(name: string): boolean {
    return this.#shapes.has(name);
  }

  /** A weight of two dimensions, [inputs, outputs] in layout `in-out`, [outputs, inputs] in `out-in`. */
  async matrix(name: string, layout: MatrixShape['layout']): Promise<Matrix> {
    const [rows, columns] = this.#shape(name);
    const [inputs, outputs] = layout === 'in-out' ? [rows, columns] : [columns, rows];
    return this.adopt({ inputs, outputs, layout }, this.#chunks(name));
  }

  /** A matrix that is in no file. */
  async adopt(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    const matrix = await this.#device.matrix(shape, chunks);
    this.#matrices.push(matrix);
    return matrix;
  }

  async vector(name: string): Promise<DeviceArray> {
    const array = this.#device.allocate(elementCount(this.#shape(name)));
    this.#arrays.push(array);
    for await (const { offset, values } of this.#chunks(name)) {
      this.#device.write(array, offset, values);
    }
    return array;
  }

  free(): void {
    for (const array of this.#arrays.splice(0)) this.#device.free(array);
    for (const matrix of this.#matrices.splice(0)) this.#device.freeMatrix(matrix);
  }

  #shape(name: string): readonly number[] {
    const shape = this.#shapes.get(name);
    if (shape === undefined) throw fail('tensor-missing', { tensor: name });
    return shape;
  }

  async *#chunks(name: string): Chunks {
    const expected = elementCount(this.#shape(name));
    let arrived = 0;
    for await (const chunk of this.#options.weights.chunks(name)) {
      throwIfCancelled(this.#options.signal);
      arrived += chunk.values.length;
      yield chunk;
      await this.#advance(chunk.values.length);
    }
    if (arrived !== expected) {
      throw fail('tensor-shape', {
        tensor: name,
        expected: `[${expected}]`,
        actual: `[${arrived}]`,
      });
    }
  }

  async #advance(values: number): Promise<void> {
    this.#done += values;
    this.#sinceBreath += values;
    if (this.#sinceBreath < valuesPerBreath && this.#done < this.#total) return;
    this.#sinceBreath = 0;
    this.#options.onProgress?.({ done: this.#done * 4, total: this.#total * 4 });
    await this.#options.breathe();
  }
}

/** Copying a million values takes a few milliseconds: often enough to be cancelled at once, seldom enough to be free. */
const valuesPerBreath = 1 << 20;

/** Throws `tensor-missing` or `tensor-shape` for the first weight that is not as the config asks. */
export function checkShapes(
  shapes: ReadonlyMap<string, readonly number[]>,
  weights: WeightSource,
): void {
  for (const [name, expected] of shapes) {
    if (!weights.has(name)) throw fail('tensor-missing', { tensor: name });
    const actual = weights.shape(name);
    const same = actual.length === expected.length && expected.every((n, i) => n === actual[i]);
    if (same) continue;
    throw fail('tensor-shape', {
      tensor: name,
      expected: `[${expected.join(', ')}]`,
      actual: `[${actual.join(', ')}]`,
    });
  }
}
