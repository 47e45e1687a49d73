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

/** A weight matrix in file order. */
export class GpuMatrix implements Matrix {
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: MatrixShape['layout'];
  #handle: Handle | undefined;

  constructor(
    readonly device: DeviceName,
    shape: MatrixShape,
    handle: Handle,
  ) {
    this.inputs = shape.inputs;
    this.outputs = shape.outputs;
    this.layout = shape.layout;
    this.#handle = handle;
  }

  get handle(): Handle {
    if (this.#handle === undefined) throw new TypeError('This matrix was freed.');
    return this.#handle;
  }

  /** The handle, for whoever releases it. */
  takeHandle(): Handle {
    const { handle } = this;
    this.#handle = undefined;
    return handle;
  }

  /** Elements from one input to the next of the same output. */
  get inputStride(): number {
    return this.layout === 'in-out' ? this.outputs : 1;
  }

  /** Elements from one output to the next of the same input. */
  get outputStride(): number {
    return this.layout === 'in-out' ? 1 : this.inputs;
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
