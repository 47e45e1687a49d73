import { fail } from '../../../protocol/failures';
import type { DeviceArray, Matrix, MatrixShape, View } from '../device';

/**
 * Where the reference device keeps its numbers. Using an array after it was freed throws, so that the tests that run on
 * this device also prove that nothing is used too late or freed twice.
 */
export class ReferenceArray implements DeviceArray {
  readonly length: number;
  #values: Float64Array | undefined;

  /** `length` zeros; throws `out-of-memory`. */
  constructor(length: number) {
    this.length = length;
    this.#values = withMemory(length * Float64Array.BYTES_PER_ELEMENT, () => {
      return new Float64Array(length);
    });
  }

  get values(): Float64Array {
    if (this.#values === undefined) throw new Error('This array was freed.');
    return this.#values;
  }

  free(): void {
    if (this.#values === undefined) throw new Error('This array was freed already.');
    this.#values = undefined;
  }
}

/** A weight matrix in file order. Files hold at most float32, so float32 loses nothing. */
export class ReferenceMatrix implements Matrix {
  readonly device = 'reference';
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: MatrixShape['layout'];
  #values: Float32Array | undefined;

  /** All zeros; throws `out-of-memory`. */
  constructor(shape: MatrixShape) {
    this.inputs = shape.inputs;
    this.outputs = shape.outputs;
    this.layout = shape.layout;
    const length = shape.inputs * shape.outputs;
    this.#values = withMemory(length * Float32Array.BYTES_PER_ELEMENT, () => {
      return new Float32Array(length);
    });
  }

  get values(): Float32Array {
    if (this.#values === undefined) throw new Error('This matrix was freed.');
    return this.#values;
  }

  /** Elements from one input to the next of the same output. */
  get inputStride(): number {
    return this.layout === 'in-out' ? this.outputs : 1;
  }

  /** Elements from one output to the next of the same input. */
  get outputStride(): number {
    return this.layout === 'in-out' ? 1 : this.inputs;
  }

  free(): void {
    if (this.#values === undefined) throw new Error('This matrix was freed already.');
    this.#values = undefined;
  }
}

/** The numbers of an array that this device made. */
export function valuesOf(array: DeviceArray): Float64Array {
  return ownArray(array).values;
}

/** A view with its numbers at hand. */
interface OpenView {
  readonly values: Float64Array;
  readonly offset: number;
  readonly stride: number;
}

export function openView(view: View): OpenView {
  return { values: valuesOf(view.array), offset: view.offset, stride: view.stride };
}

export function ownArray(array: DeviceArray): ReferenceArray {
  if (array instanceof ReferenceArray) return array;
  throw new Error('This array belongs to another device.');
}

export function ownMatrix(matrix: Matrix): ReferenceMatrix {
  if (matrix instanceof ReferenceMatrix) return matrix;
  throw new Error('This matrix belongs to another device.');
}

function withMemory<Memory>(bytes: number, allocate: () => Memory): Memory {
  try {
    return allocate();
  } catch (thrown) {
    if (thrown instanceof RangeError) throw fail('out-of-memory', { bytes });
    throw thrown;
  }
}
