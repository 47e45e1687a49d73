import type { Chunks, DeviceArray, Matrix, MatrixShape, View } from '../device';
import type { KernelModule } from './kernelModule';
import { fillMatrix, PackedOrder } from './packedMatrix';

/** The arrays and matrices of one wasm device: who holds which address, and copies in and out. */
export class WasmMemory {
  readonly #module: KernelModule;
  #floats: Float32Array;

  constructor(module: KernelModule) {
    this.#module = module;
    this.#floats = new Float32Array(module.memory.buffer);
  }

  /** Bytes in use, padding included. */
  get usedBytes(): number {
    return this.#module.allocator.usedBytes;
  }

  /** `length` zeros. Throws `out-of-memory`. */
  allocate(length: number): DeviceArray {
    const array = new WasmArray(this, this.#module.allocator.allocate(length * 4), length);
    this.#module.kernels.clear(array.address, length);
    return array;
  }

  free(array: DeviceArray): void {
    this.#release(this.#own(array, WasmArray));
  }

  write(target: DeviceArray, offset: number, values: Float32Array): void {
    this.#slice(this.address(target, offset), values.length).set(values);
  }

  read(source: DeviceArray, offset: number, length: number): Float32Array {
    return this.#slice(this.address(source, offset), length).slice();
  }

  clear(array: DeviceArray): void {
    this.#module.kernels.clear(this.address(array), array.length);
  }

  /** Ids or a byte mask on the device for the time of one call. */
  during(values: Int32Array | Uint8Array, use: (address: number) => void): void {
    this.withRoom(values.byteLength, (address) => {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      new Uint8Array(this.#module.memory.buffer, address, bytes.length).set(bytes);
      use(address);
    });
  }

  /** Room of `bytes` for the time of one call; what is in it is left from others. */
  withRoom(bytes: number, use: (address: number) => void): void {
    const { allocator } = this.#module;
    const address = allocator.allocate(bytes);
    try {
      use(address);
    } finally {
      allocator.release(address);
    }
  }

  /** Packs a matrix as its chunks arrive, so that it is never in memory twice. */
  async matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    const order = new PackedOrder(shape, this.#module.kernels.depthOfBlock());
    const address = this.#module.allocator.allocate(order.length * 4);
    const matrix = new WasmMatrix(this, address, { shape, order });
    try {
      if (order.padded) this.#module.kernels.clear(address, order.length);
      await fillMatrix(order, chunks, {
        elements: shape.inputs * shape.outputs,
        target: () => this.#slice(address, order.length),
      });
      return matrix;
    } catch (thrown) {
      this.#release(matrix);
      throw thrown;
    }
  }

  freeMatrix(matrix: Matrix): void {
    this.#release(this.#own(matrix, WasmMatrix));
  }

  readColumn(matrix: Matrix, output: number): Float32Array {
    const { address, order, inputs } = this.#own(matrix, WasmMatrix);
    const source = this.#slice(address, order.length);
    const column = new Float32Array(inputs);
    for (let i = 0; i < inputs; i++) column[i] = source[order.indexOf(i, output)];
    return column;
  }

  /** Byte address of an element. Throws a TypeError for an array that is not this device's, or freed. */
  address(array: DeviceArray, offset = 0): number {
    return this.#own(array, WasmArray).address + offset * 4;
  }

  /** Byte address, or 0 for none. */
  addressOrNone(array: DeviceArray | undefined): number {
    return array === undefined ? 0 : this.address(array);
  }

  viewAddress(view: View): number {
    return this.address(view.array, view.offset);
  }

  matrixAddress(matrix: Matrix): number {
    return this.#own(matrix, WasmMatrix).address;
  }

  #release(block: Block): void {
    block.owner = undefined;
    this.#module.allocator.release(block.address);
  }

  #own<B extends Block>(block: object, kind: new (...parts: never[]) => B): B {
    if (block instanceof kind && block.owner === this) return block;
    throw new TypeError(`not a ${kind.name} in use on this device`);
  }

  /** A view of floats; made anew after the memory grew, which detaches the old one. */
  #slice(address: number, length: number): Float32Array {
    const { buffer } = this.#module.memory;
    if (this.#floats.buffer !== buffer) this.#floats = new Float32Array(buffer);
    return this.#floats.subarray(address / 4, address / 4 + length);
  }
}

interface Block {
  readonly address: number;
  /** Undefined once freed. */
  owner: WasmMemory | undefined;
}

class WasmArray implements DeviceArray, Block {
  constructor(
    public owner: WasmMemory | undefined,
    readonly address: number,
    readonly length: number,
  ) {}
}

class WasmMatrix implements Matrix, Block {
  readonly device = 'wasm';
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: MatrixShape['layout'];
  readonly order: PackedOrder;

  constructor(
    public owner: WasmMemory | undefined,
    readonly address: number,
    packed: { readonly shape: MatrixShape; readonly order: PackedOrder },
  ) {
    this.inputs = packed.shape.inputs;
    this.outputs = packed.shape.outputs;
    this.layout = packed.shape.layout;
    this.order = packed.order;
  }
}
