import type { Activation } from '../../../protocol/modelConfig';
import type { HelperThreads } from '../../host';
import type {
  AttentionShape,
  Chunks,
  Device,
  DeviceArray,
  LinearOp,
  Matrix,
  MatrixShape,
  NormOp,
} from '../device';
import { startKernels, type KernelModule, type Kernels } from './kernelModule';
import { KernelRunner } from './kernelRunner';
import type { Resources } from './resources';
import { RotaryTables } from './rotaryTables';
import { ThreadPool } from './threads/threadPool';
import { WasmMemory } from './wasmMemory';
import { elements, moving, nextUnit, productNs, rowsOf, streamedNs, type Work } from './work';

/**
 * The op table in float32 on WebAssembly SIMD. Everything has run when a call returns.
 *
 * @param bytes a module built from `kernels/`, with shared memory if there are helpers
 * @throws `device-unavailable` where it cannot run
 */
export function createWasmDevice(bytes: Uint8Array, helpers?: HelperThreads): WasmDevice {
  return new WasmDevice(startKernels(bytes, sharingOf(helpers)), helpers);
}

/**
 * Throws `out-of-memory` where memory is asked for, and a TypeError for arrays that are foreign or freed. With helpers,
 * large operations are shared among threads; the results are the same to the last bit, however many there are.
 */
export class WasmDevice implements Device {
  readonly name = 'wasm';
  #resources: Resources | undefined;

  constructor(module: KernelModule, helpers?: HelperThreads) {
    const { kernels } = module;
    const memory = new WasmMemory(module);
    const scratch = module.allocator.allocate(kernels.scratchBytes());
    const pool = helpers === undefined ? undefined : new ThreadPool(module, helpers, scratch);
    const runner = new KernelRunner(kernels, scratch, pool);
    this.#resources = { kernels, memory, runner, pool, rotaryTables: new RotaryTables(memory) };
  }

  /** Bytes in use, weights and padding included. */
  get usedBytes(): number {
    return this.resources.memory.usedBytes;
  }

  /** Parts of operations that other threads have computed so far. */
  get helpedParts(): number {
    return this.resources.pool?.helped ?? 0;
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
    const { memory } = this.resources;
    const { rows } = op;
    const { inputs, outputs } = op.weight;
    const x = memory.address(op.x, op.xOffset);
    const weight = memory.matrixAddress(op.weight);
    const bias = memory.addressOrNone(op.bias);
    const out = memory.address(op.out);
    this.multiplyRows({ x, weight, bias, out, rows, inputs, outputs });
  }

  linearPerHead(op: Parameters<Device['linearPerHead']>[0]): void {
    this.perHead(op, this.resources.memory.matrixAddress(op.weight));
  }

  /** out = x·W + b by byte addresses, 0 for no bias; W is packed. */
  protected multiplyRows(of: Product): void {
    const { runner } = this.resources;
    const { x, weight, bias, out, rows, inputs, outputs } = of;
    const nanoseconds = rows * inputs * outputs * (rows === 1 ? streamedNs : productNs);
    if (rows >= leastRowsToCut) {
      runner.run('linear', { units: rows, multiple: 5, nanoseconds }, [
        ...([0, outputs, 'units', inputs, outputs] as const),
        ...([moving(x, inputs), weight, bias, moving(out, outputs), 'scratch'] as const),
      ]);
    } else {
      runner.run('linear', { units: outputs, multiple: 16, nanoseconds }, [
        ...([nextUnit, 'units', rows, inputs, outputs] as const),
        ...([x, weight, bias, out, 'scratch'] as const),
      ]);
    }
  }

  /** `linearPerHead` with the byte address of the packed weights. */
  protected perHead(op: Parameters<Device['linearPerHead']>[0], weight: number): void {
    const { memory, runner } = this.resources;
    const { rows, heads, headSize } = op;
    const { outputs } = op.weight;
    const nanoseconds = rows * heads * headSize * outputs * productNs;
    runner.run('linearPerHead', { units: heads, multiple: 1, nanoseconds }, [
      nextUnit,
      'units',
      rows,
      heads,
      headSize,
      outputs,
      memory.address(op.z),
      weight,
      memory.address(op.out),
      'scratch',
    ]);
  }

  add(op: Parameters<Device['add']>[0]): void {
    this.#combine('add', op);
  }

  multiply(op: Parameters<Device['multiply']>[0]): void {
    this.#combine('multiplyElements', op);
  }

  norm(op: NormOp): void {
    const { memory, runner } = this.resources;
    const { rows, columns } = op;
    runner.run(op.kind === 'layer' ? 'layerNorm' : 'rmsNorm', rowsOf(rows, columns), [
      'units',
      columns,
      moving(memory.address(op.x), columns),
      memory.address(op.weight),
      memory.addressOrNone(op.bias),
      moving(memory.address(op.out), columns),
      op.epsilon,
    ]);
  }

  activation(op: Parameters<Device['activation']>[0]): void {
    const { kernels, memory, runner } = this.resources;
    const { kind, length } = op;
    const [x, out] = [memory.address(op.x), memory.address(op.out)];
    if (kind === 'identity' || kind === 'none') kernels.copyRows(1, length, x, length, out, length);
    else
      runner.run(activationKernels[kind], elements(length), [
        moving(x, 1),
        moving(out, 1),
        'units',
      ]);
  }

  rotary(op: Parameters<Device['rotary']>[0]): void {
    this.rotate(op, 1);
  }

  attentionScores(op: Parameters<Device['attentionScores']>[0]): void {
    const { memory, runner } = this.resources;
    runner.run('attentionScores', workOfHeads(op.shape), [
      ...headArguments(op.shape),
      memory.viewAddress(op.queries),
      op.queries.stride,
      memory.viewAddress(op.keys),
      op.keys.stride,
      memory.address(op.out),
      op.scale,
      'scratch',
    ]);
  }

  attentionPattern(op: Parameters<Device['attentionPattern']>[0]): void {
    const { memory, runner } = this.resources;
    const { heads, queries, keys } = op.shape;
    const scores = moving(memory.address(op.scores), queries * keys);
    const out = moving(memory.address(op.out), queries * keys);
    const work = rowsOf(heads, queries * keys);
    if (op.mask === undefined) {
      runner.run('softmaxCausal', work, ['units', queries, keys, op.past, scores, out]);
      return;
    }
    memory.during(op.mask, (mask) => {
      runner.run('softmaxMasked', work, ['units', queries, keys, mask, scores, out]);
    });
  }

  attentionMix(op: Parameters<Device['attentionMix']>[0]): void {
    const { memory, runner } = this.resources;
    runner.run('attentionMix', workOfHeads(op.shape), [
      ...headArguments(op.shape),
      memory.address(op.pattern),
      memory.viewAddress(op.values),
      op.values.stride,
      memory.address(op.out),
      'scratch',
    ]);
  }

  /**
   * Ends the threads and drops the memory as a whole: a WebAssembly memory cannot shrink. Any later call but this one
   * throws.
   */
  dispose(): void {
    this.#resources?.pool?.dispose();
    this.#resources = undefined;
  }

  /** Forth (1) or back (−1). */
  protected rotate(op: Parameters<Device['rotary']>[0], direction: 1 | -1): void {
    const { kernels, memory, rotaryTables } = this.resources;
    const table = rotaryTables.address(op);
    const x = memory.viewAddress(op.x);
    kernels.rotary(op.rows, op.heads, op.headSize, x, op.x.stride, table, direction);
  }

  #combine(kernel: 'add' | 'multiplyElements', op: Parameters<Device['add']>[0]): void {
    const { memory, runner } = this.resources;
    const [a, b, out] = [memory.address(op.a), memory.address(op.b), memory.address(op.out)];
    const operands = [moving(a, 1), moving(b, 1), moving(out, 1)] as const;
    runner.run(kernel, elements(op.length), [...operands, 'units']);
  }

  /** Throws a TypeError once disposed. */
  protected get resources(): Resources {
    if (this.#resources === undefined) throw new TypeError('the device is disposed');
    return this.#resources;
  }
}

export function sharingOf(helpers: HelperThreads | undefined): 'alone' | 'shared' {
  return helpers === undefined ? 'alone' : 'shared';
}

/** Byte addresses and sizes of a product. */
interface Product {
  readonly x: number;
  readonly weight: number;
  readonly bias: number;
  readonly out: number;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** From here on a product is cut by rows; with fewer, each thread takes columns and with them a part of the weights. */
const leastRowsToCut = 32;

const activationKernels = {
  gelu_new: 'geluNew',
  gelu: 'gelu',
  relu: 'relu',
  silu_gated: 'silu',
} as const satisfies Partial<Record<Activation, keyof Kernels>>;

/** First and count of heads, and the sizes that scores and mix have in common. */
function headArguments({ heads, keyHeads, headSize, queries, keys }: AttentionShape) {
  return [nextUnit, 'units', heads, keyHeads, headSize, queries, keys] as const;
}

function workOfHeads({ heads, headSize, queries, keys }: AttentionShape): Work {
  return { units: heads, multiple: 1, nanoseconds: heads * headSize * queries * keys * productNs };
}
