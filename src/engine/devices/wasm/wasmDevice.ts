import type { Activation } from '../../../protocol/modelConfig';
import type { Chunks, Device, DeviceArray, LinearOp, Matrix, MatrixShape, NormOp } from '../device';
import { startKernels, type KernelModule, type Kernels, type UnaryKernel } from './kernelModule';
import type { Resources } from './resources';
import { RotaryTables } from './rotaryTables';
import { WasmMemory } from './wasmMemory';

/**
 * The op table in float32 on WebAssembly SIMD, on one thread. Everything has run when a call returns.
 *
 * @param bytes the module built from `kernels/`
 * @throws `device-unavailable` where it cannot run
 */
export function createWasmDevice(bytes: Uint8Array): WasmDevice {
  return new WasmDevice(startKernels(bytes));
}

/** Throws `out-of-memory` where memory is asked for, and a TypeError for arrays that are foreign or freed. */
export class WasmDevice implements Device {
  readonly name = 'wasm';
  #resources: Resources | undefined;

  constructor(module: KernelModule) {
    const memory = new WasmMemory(module);
    const scratch = module.allocator.allocate(module.kernels.scratchBytes());
    const rotaryTables = new RotaryTables(memory);
    this.#resources = { kernels: module.kernels, memory, scratch, rotaryTables };
  }

  /** Bytes in use, weights and padding included. */
  get usedBytes(): number {
    return this.resources.memory.usedBytes;
  }

  allocate(length: number): DeviceArray {
    return this.resources.memory.allocate(length);
  }

  free(array: DeviceArray): void {
    this.resources.memory.free(array);
  }

  write(target: DeviceArray, offset: number, values: Float32Array): void {
    this.resources.memory.write(target, offset, values);
  }

  read(source: DeviceArray, offset = 0, length = source.length - offset): Promise<Float32Array> {
    return Promise.resolve(this.resources.memory.read(source, offset, length));
  }

  copyRows(op: Parameters<Device['copyRows']>[0]): void {
    const { kernels, memory } = this.resources;
    const [from, to] = [memory.viewAddress(op.source), memory.viewAddress(op.target)];
    kernels.copyRows(op.rows, op.columns, from, op.source.stride, to, op.target.stride);
  }

  matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    return this.resources.memory.matrix(shape, chunks);
  }

  freeMatrix(matrix: Matrix): void {
    this.resources.memory.freeMatrix(matrix);
  }

  readColumn(matrix: Matrix, output: number): Promise<Float32Array> {
    return Promise.resolve(this.resources.memory.readColumn(matrix, output));
  }

  gather(op: Parameters<Device['gather']>[0]): void {
    const { kernels, memory } = this.resources;
    const { ids, table } = op;
    const [weight, out] = [memory.matrixAddress(table), memory.address(op.out)];
    memory.during(ids, (list) => {
      kernels.gather(ids.length, table.inputs, table.outputs, list, weight, out);
    });
  }

  linear(op: LinearOp): void {
    const { kernels, memory, scratch } = this.resources;
    kernels.linear(
      op.rows,
      op.weight.inputs,
      op.weight.outputs,
      memory.address(op.x, op.xOffset),
      memory.matrixAddress(op.weight),
      memory.addressOrNone(op.bias),
      memory.address(op.out),
      scratch,
    );
  }

  linearPerHead(op: Parameters<Device['linearPerHead']>[0]): void {
    const { kernels, memory, scratch } = this.resources;
    kernels.linearPerHead(
      op.rows,
      op.heads,
      op.headSize,
      op.weight.outputs,
      memory.address(op.z),
      memory.matrixAddress(op.weight),
      memory.address(op.out),
      scratch,
    );
  }

  add(op: Parameters<Device['add']>[0]): void {
    const { kernels, memory } = this.resources;
    kernels.add(memory.address(op.a), memory.address(op.b), memory.address(op.out), op.length);
  }

  multiply(op: Parameters<Device['multiply']>[0]): void {
    const { kernels, memory } = this.resources;
    const [a, b, out] = [memory.address(op.a), memory.address(op.b), memory.address(op.out)];
    kernels.multiplyElements(a, b, out, op.length);
  }

  norm(op: NormOp): void {
    const { kernels, memory } = this.resources;
    const kernel = op.kind === 'layer' ? kernels.layerNorm : kernels.rmsNorm;
    kernel(
      op.rows,
      op.columns,
      memory.address(op.x),
      memory.address(op.weight),
      memory.addressOrNone(op.bias),
      memory.address(op.out),
      op.epsilon,
    );
  }

  activation(op: Parameters<Device['activation']>[0]): void {
    const { kernels, memory } = this.resources;
    const kernel = activationKernel(kernels, op.kind);
    kernel(memory.address(op.x), memory.address(op.out), op.length);
  }

  rotary(op: Parameters<Device['rotary']>[0]): void {
    this.rotate(op, 1);
  }

  attentionScores(op: Parameters<Device['attentionScores']>[0]): void {
    const { kernels, memory, scratch } = this.resources;
    kernels.attentionScores(
      op.shape.heads,
      op.shape.keyHeads,
      op.shape.headSize,
      op.shape.queries,
      op.shape.keys,
      memory.viewAddress(op.queries),
      op.queries.stride,
      memory.viewAddress(op.keys),
      op.keys.stride,
      memory.address(op.out),
      op.scale,
      scratch,
    );
  }

  attentionPattern(op: Parameters<Device['attentionPattern']>[0]): void {
    const { kernels, memory } = this.resources;
    const { heads, queries, keys } = op.shape;
    const [scores, out] = [memory.address(op.scores), memory.address(op.out)];
    if (op.mask === undefined) {
      kernels.softmaxCausal(heads, queries, keys, op.past, scores, out);
      return;
    }
    memory.during(op.mask, (mask) => {
      kernels.softmaxMasked(heads, queries, keys, mask, scores, out);
    });
  }

  attentionMix(op: Parameters<Device['attentionMix']>[0]): void {
    const { kernels, memory, scratch } = this.resources;
    kernels.attentionMix(
      op.shape.heads,
      op.shape.keyHeads,
      op.shape.headSize,
      op.shape.queries,
      op.shape.keys,
      memory.address(op.pattern),
      memory.viewAddress(op.values),
      op.values.stride,
      memory.address(op.out),
      scratch,
    );
  }

  /** Drops the memory as a whole: a WebAssembly memory cannot shrink. Any later call but this one throws. */
  dispose(): void {
    this.#resources = undefined;
  }

  /** Forth (1) or back (−1). */
  protected rotate(op: Parameters<Device['rotary']>[0], direction: 1 | -1): void {
    const { kernels, memory, rotaryTables } = this.resources;
    const table = rotaryTables.address(op);
    const x = memory.viewAddress(op.x);
    kernels.rotary(op.rows, op.heads, op.headSize, x, op.x.stride, table, direction);
  }

  /** Throws a TypeError once disposed. */
  protected get resources(): Resources {
    if (this.#resources === undefined) throw new TypeError('the device is disposed');
    return this.#resources;
  }
}

function activationKernel(kernels: Kernels, kind: Activation): UnaryKernel {
  switch (kind) {
    case 'gelu_new':
      return kernels.geluNew;
    case 'gelu':
      return kernels.gelu;
    case 'relu':
      return kernels.relu;
    case 'silu_gated':
      return kernels.silu;
    case 'identity':
    case 'none':
      return (x, out, count) => {
        kernels.copyRows(1, count, x, count, out, count);
      };
  }
}
