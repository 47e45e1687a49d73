import type { HelperThreads } from '../../host';
import type { Chunks, Device, DeviceArray, LinearOp, Matrix, MatrixShape } from '../device';
import { byteScale, toByte, toHalves } from '../weightFormat';
import { startKernels, type KernelModule } from './kernelModule';
import { fillMatrix, PackedOrder, panelWidth } from './packedMatrix';
import { sharingOf, WasmDevice } from './wasmDevice';

export type CompactFormat = 'f16' | 'int8';

/**
 * A wasm device that keeps its matrices in a half or a quarter of the memory: as float16, or as bytes with a scale for
 * each output. Products bring them back to float32 slice by slice, so that all arithmetic is that of the `WasmDevice`,
 * on rounded weights. Vectors and activations stay in float32.
 *
 * @throws `device-unavailable` where it cannot run
 */
export function createCompactWasmDevice(
  bytes: Uint8Array,
  format: CompactFormat,
  helpers?: HelperThreads,
): CompactWasmDevice {
  return new CompactWasmDevice(startKernels(bytes, sharingOf(helpers)), format, helpers);
}

/** Numbers of a slice: 512 KB in float32, which stays in the second cache while it is read. */
const sliceLength = 1 << 17;

export class CompactWasmDevice extends WasmDevice {
  readonly #format: CompactFormat;
  readonly #blockDepth: number;

  constructor(module: KernelModule, format: CompactFormat, helpers?: HelperThreads) {
    super(module, helpers);
    this.#format = format;
    this.#blockDepth = module.kernels.depthOfBlock();
  }

  override async matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    const order = new PackedOrder(shape, this.#blockDepth);
    // Whole in float32 outside of the device for a moment: a scale is known when all of its numbers are.
    const values = new Float32Array(order.length);
    const elements = shape.inputs * shape.outputs;
    await fillMatrix(order, chunks, { elements, target: () => values });
    const matrix = new CompactMatrix(shape, order, this.#format);
    const encoded = this.#format === 'f16' ? halves(values) : this.#bytes(matrix, values);
    matrix.data = this.allocate(Math.ceil(encoded.byteLength / 4));
    this.write(matrix.data, 0, new Float32Array(encoded.buffer));
    return matrix;
  }

  override freeMatrix(matrix: Matrix): void {
    const own = ownMatrix(matrix);
    for (const array of [own.data, own.scales]) if (array !== undefined) this.free(array);
    own.data = undefined;
    own.scales = undefined;
  }

  override readColumn(matrix: Matrix, output: number): Promise<Float32Array> {
    const own = ownMatrix(matrix);
    const column = new Float32Array(own.inputs);
    const first = output - (output % panelWidth);
    const slice = this.#unpacked(own, first, panelWidth);
    const order = new PackedOrder({ ...shapeOf(own), outputs: panelWidth }, this.#blockDepth);
    try {
      const values = this.resources.memory.read(slice, 0, order.length);
      for (let i = 0; i < own.inputs; i++) column[i] = values[order.indexOf(i, output - first)];
    } finally {
      this.free(slice);
    }
    return Promise.resolve(column);
  }

  override gather({ ids, table, out }: Parameters<Device['gather']>[0]): void {
    const { memory } = this.resources;
    for (const [row, id] of ids.entries()) {
      const own = ownMatrix(table);
      const first = id - (id % panelWidth);
      const slice = this.#unpacked(own, first, panelWidth);
      const order = new PackedOrder({ ...shapeOf(own), outputs: panelWidth }, this.#blockDepth);
      const values = memory.read(slice, 0, order.length);
      this.free(slice);
      const found = Float32Array.from({ length: own.inputs }, (_, i) => {
        return values[order.indexOf(i, id - first)];
      });
      memory.write(out, row * own.inputs, found);
    }
  }

  override linear(op: LinearOp): void {
    const { memory } = this.resources;
    const own = ownMatrix(op.weight);
    const { inputs, outputs } = own;
    const wide = Math.floor(sliceLength / inputs / panelWidth) * panelWidth;
    const width = Math.min(Math.max(panelWidth, wide), outputs);
    const x = memory.address(op.x, op.xOffset);
    const part = this.allocate(op.rows * width);
    const slice = this.allocate(inputs * width + inputs * panelWidth);
    try {
      for (let first = 0; first < outputs; first += width) {
        const columns = Math.min(width, outputs - first);
        this.#unpack(own, { first, outputs: columns }, slice);
        const weight = memory.address(slice);
        const bias = op.bias === undefined ? 0 : memory.address(op.bias, first);
        const size = { rows: op.rows, inputs, outputs: columns };
        this.multiplyRows({ x, weight, bias, out: memory.address(part), ...size });
        this.copyRows({
          source: { array: part, offset: 0, stride: columns },
          target: { array: op.out, offset: first, stride: outputs },
          rows: op.rows,
          columns,
        });
      }
    } finally {
      this.free(part);
      this.free(slice);
    }
  }

  override linearPerHead(op: Parameters<Device['linearPerHead']>[0]): void {
    const own = ownMatrix(op.weight);
    const whole = this.#unpacked(own, 0, own.outputs);
    try {
      this.perHead(op, this.resources.memory.address(whole));
    } finally {
      this.free(whole);
    }
  }

  /** Outputs from `first`, a multiple of 16, as a packed float32 matrix of their own. The caller frees it. */
  #unpacked(matrix: CompactMatrix, first: number, outputs: number): DeviceArray {
    const panels = Math.ceil(outputs / panelWidth);
    const target = this.allocate(matrix.inputs * panels * panelWidth);
    this.#unpack(matrix, { first, outputs }, target);
    return target;
  }

  #unpack(
    matrix: CompactMatrix,
    { first, outputs }: { readonly first: number; readonly outputs: number },
    target: DeviceArray,
  ): void {
    const { kernels, memory } = this.resources;
    const panels = Math.ceil(outputs / panelWidth);
    const all = Math.ceil(matrix.outputs / panelWidth) * panelWidth;
    const { data, scales } = matrix;
    if (data === undefined) throw new TypeError('this matrix was freed');
    const [from, to] = [memory.address(data), memory.address(target)];
    for (let start = 0; start < matrix.inputs; start += this.#blockDepth) {
      const depth = Math.min(this.#blockDepth, matrix.inputs - start);
      const source = start * all + first * depth;
      const place = to + 4 * start * panels * panelWidth;
      if (scales === undefined) {
        kernels.unpackHalves(from + 2 * source, place, panels * depth * panelWidth);
      } else {
        kernels.unpackBytes(from + source, place, memory.address(scales, first), depth, panels);
      }
    }
  }

  #bytes(matrix: CompactMatrix, values: Float32Array): Int8Array {
    const outputs = Math.ceil(matrix.outputs / panelWidth) * panelWidth;
    const largest = new Float32Array(outputs);
    this.#each(matrix, (at, output) => {
      largest[output] = Math.max(largest[output], Math.abs(values[at]));
    });
    const scales = largest.map(byteScale);
    matrix.scales = this.allocate(outputs);
    this.write(matrix.scales, 0, scales);
    const bytes = new Int8Array(Math.ceil(values.length / 4) * 4);
    this.#each(matrix, (at, output) => {
      bytes[at] = toByte(values[at], scales[output]);
    });
    return bytes;
  }

  /** Every place of the packed order with the output that lies there. */
  #each(matrix: CompactMatrix, visit: (at: number, output: number) => void): void {
    const outputs = Math.ceil(matrix.outputs / panelWidth) * panelWidth;
    let at = 0;
    for (let start = 0; start < matrix.inputs; start += this.#blockDepth) {
      const depth = Math.min(this.#blockDepth, matrix.inputs - start);
      for (let first = 0; first < outputs; first += panelWidth) {
        for (let row = 0; row < depth; row++) {
          for (let lane = 0; lane < panelWidth; lane++) visit(at++, first + lane);
        }
      }
    }
  }
}

class CompactMatrix implements Matrix {
  readonly device = 'wasm';
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: MatrixShape['layout'];
  data: DeviceArray | undefined;
  /** One for each output; absent in float16. */
  scales: DeviceArray | undefined;

  constructor(
    shape: MatrixShape,
    readonly order: PackedOrder,
    readonly format: CompactFormat,
  ) {
    this.inputs = shape.inputs;
    this.outputs = shape.outputs;
    this.layout = shape.layout;
  }
}

/** A whole number of four bytes. */
function halves(values: Float32Array): Uint16Array {
  const encoded = new Uint16Array(Math.ceil(values.length / 2) * 2);
  encoded.set(toHalves(values));
  return encoded;
}

function ownMatrix(matrix: Matrix): CompactMatrix {
  if (matrix instanceof CompactMatrix && matrix.data !== undefined) return matrix;
  throw new TypeError('not a matrix in use on this device');
}

function shapeOf({ inputs, outputs, layout }: MatrixShape): MatrixShape {
  return { inputs, outputs, layout };
}
