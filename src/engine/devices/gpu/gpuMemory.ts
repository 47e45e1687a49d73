import type { DeviceName } from '../../../protocol/devices';
import type { DeviceArray, Matrix, MatrixShape } from '../device';
import type { Handle } from './launcher';

/**
 * A block of numbers on the GPU. Kernels write no array in place: an operation makes new numbers and puts them here, and
 * those of before are released. Until the first operation it has none and stands for zeros, or for what was written.
 */
export class GpuArray implements DeviceArray {
  /** At least `length` numbers; what lies behind means nothing. */
  handle: Handle | undefined;
  /** Written, but not yet on the device. */
  staged: Float32Array | undefined;
  #freed = false;

  constructor(readonly length: number) {}

  /** From now on nobody may use it. Throws a TypeError the second time. */
  markFreed(): void {
    this.check();
    this.#freed = true;
  }

  check(): this {
    if (this.#freed) throw new TypeError('This array was freed.');
    return this;
  }
}

/** Some outputs of a matrix, in file order. */
export interface MatrixPart {
  readonly handle: Handle;
  /** Number of its first output in the matrix. */
  readonly first: number;
  readonly outputs: number;
  /** Elements from one input to the next of the same output. */
  readonly inputStride: number;
  /** Elements from one output to the next of the same input. */
  readonly outputStride: number;
}

/** A weight matrix in one part or more. */
export class GpuMatrix implements Matrix {
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: MatrixShape['layout'];
  #parts: readonly MatrixPart[] | undefined;

  constructor(
    readonly device: DeviceName,
    shape: MatrixShape,
    parts: readonly MatrixPart[],
  ) {
    this.inputs = shape.inputs;
    this.outputs = shape.outputs;
    this.layout = shape.layout;
    this.#parts = parts;
  }

  /** In the order of their outputs. */
  get parts(): readonly MatrixPart[] {
    if (this.#parts === undefined) throw new TypeError('This matrix was freed.');
    return this.#parts;
  }

  /** The parts, for whoever releases them. */
  takeParts(): readonly MatrixPart[] {
    const { parts } = this;
    this.#parts = undefined;
    return parts;
  }
}

export function gpuArray(array: DeviceArray): GpuArray {
  if (array instanceof GpuArray) return array.check();
  throw new TypeError('This array belongs to another device.');
}

export function gpuMatrix(matrix: Matrix): GpuMatrix {
  if (matrix instanceof GpuMatrix) return matrix;
  throw new TypeError('This matrix belongs to another device.');
}
