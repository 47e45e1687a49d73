import type { DeviceName } from '../../../protocol/devices';
import type { Chunks, Device, DeviceArray, LinearOp, Matrix, MatrixShape, NormOp } from '../device';
import { GpuMatrices } from './gpuMatrices';
import { gpuArray, GpuArray } from './gpuMemory';
import { GpuStore } from './gpuStore';
import {
  attentionMix,
  attentionScores,
  patternApply,
  patternStatistics,
} from './kernels/attention.kernel';
import { add, gelu, geluNew, multiply, relu, silu } from './kernels/elements.kernel';
import { normApply, normStatistics } from './kernels/norm.kernel';
import { keep, rotary } from './kernels/rows.kernel';
import type { GpuBackend, GpuLauncher } from './launcher';
import { RotaryAngles } from './rotaryAngles';

/**
 * The op table in float32 with kernels of GPU.js. Weights and activations stay on the device; calls line up, and only
 * `read`, `readColumn` and `matrix` wait. Every kernel takes its sizes as numbers, so that nothing is compiled anew for
 * another length of text.
 *
 * Throws a TypeError for arrays that are foreign or freed; what goes wrong on the device is told by the next `read`.
 */
export class GpuDevice implements Device {
  readonly name: DeviceName;
  protected readonly store: GpuStore;
  readonly #angles: RotaryAngles;
  readonly #matrices: GpuMatrices;

  /** Matrices of more than `mostNumbers` lie in parts; without it those of more than the backend takes. */
  constructor(launcher: GpuLauncher, mostNumbers?: number) {
    this.name = deviceNames[launcher.backend];
    this.store = new GpuStore(launcher);
    this.#matrices = new GpuMatrices(this.store, this.name, mostNumbers);
    this.#angles = new RotaryAngles(launcher);
  }

  get mostNumbers(): number {
    return this.store.launcher.mostNumbers;
  }

  allocate(length: number): DeviceArray {
    return new GpuArray(length);
  }

  free(array: DeviceArray): void {
    const own = gpuArray(array);
    own.markFreed();
    this.store.queue.pushAlways(() => {
      this.store.replace(own, undefined);
    });
  }

  write(target: DeviceArray, offset: number, values: Float32Array): void {
    const own = gpuArray(target);
    const copy = values.slice();
    this.store.queue.push(async () => {
      if (own.handle === undefined || copy.length === own.length) {
        const staged = own.staged ?? new Float32Array(own.length);
        staged.set(copy, offset);
        this.store.replace(own, undefined);
        own.staged = staged;
      } else {
        await this.store.put(own, offset, {
          values: await this.store.launcher.upload(copy),
          length: copy.length,
        });
      }
    });
  }

  read(source: DeviceArray, offset = 0, length = source.length - offset): Promise<Float32Array> {
    const own = gpuArray(source);
    return this.store.queue.result(async () => {
      const handle = await this.store.handle(own);
      if (handle === undefined) return new Float32Array(length);
      if (length === own.length) return (await this.store.launcher.read(handle)).slice(0, length);
      return this.store.section(handle, { offset, stride: 1, length });
    });
  }

  copyRows(op: Parameters<Device['copyRows']>[0]): void {
    const { rows, columns } = op;
    const [source, target] = [gpuArray(op.source.array), gpuArray(op.target.array)];
    this.store.queue.push(async () => {
      const values = await this.store.full(source);
      const from = { values, offset: op.source.offset, stride: op.source.stride };
      await this.store.place(target, op.target, { ...from, rows, columns });
    });
  }

  matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    return this.#matrices.matrix(shape, chunks);
  }

  freeMatrix(matrix: Matrix): void {
    this.#matrices.freeMatrix(matrix);
  }

  readColumn(matrix: Matrix, output: number): Promise<Float32Array> {
    return this.#matrices.readColumn(matrix, output);
  }

  gather(op: Parameters<Device['gather']>[0]): void {
    this.#matrices.gather(op);
  }

  linear(op: LinearOp): void {
    this.#matrices.linear(op);
  }

  linearPerHead(op: Parameters<Device['linearPerHead']>[0]): void {
    this.#matrices.linearPerHead(op);
  }

  add(op: Parameters<Device['add']>[0]): void {
    this.#combine(add, op);
  }

  multiply(op: Parameters<Device['multiply']>[0]): void {
    this.#combine(multiply, op);
  }

  norm(op: NormOp): void {
    const { rows, columns } = op;
    const [x, weight] = [gpuArray(op.x), gpuArray(op.weight)];
    const bias = op.bias === undefined ? undefined : gpuArray(op.bias);
    const centred = op.kind === 'layer' ? 1 : 0;
    const output = [columns, rows];
    this.store.compute(op.out, output, async () => {
      const values = await this.store.full(x);
      const needs = [values, columns, { real: op.epsilon }, centred] as const;
      const statistics = await this.store.launch(normStatistics, [2, rows], needs);
      const result = await this.store.launch(normApply, output, [
        values,
        statistics,
        await this.store.full(weight),
        await this.store.orNothing(bias),
        columns,
        centred,
        bias === undefined ? 0 : 1,
      ]);
      this.store.launcher.release(statistics);
      return result;
    });
  }

  activation(op: Parameters<Device['activation']>[0]): void {
    const x = gpuArray(op.x);
    this.store.compute(op.out, [op.length], async () =>
      this.store.launch(activationKernels[op.kind], [op.length], [await this.store.full(x)]),
    );
  }

  rotary(op: Parameters<Device['rotary']>[0]): void {
    this.rotate(op, 1);
  }

  /** Forth (1) or back (−1). */
  protected rotate(op: Parameters<Device['rotary']>[0], direction: 1 | -1): void {
    const { rows, heads, headSize } = op;
    const x = gpuArray(op.x.array);
    const { offset, stride } = op.x;
    this.store.queue.push(async () => {
      const { cosines, sines } = await this.#angles.handles({ ...op, direction });
      const output = [headSize, heads, rows];
      const values = await this.store.launch(rotary, output, [
        await this.store.full(x),
        cosines,
        sines,
        offset,
        stride,
        headSize,
        headSize / 2,
      ]);
      const columns = heads * headSize;
      await this.store.place(x, op.x, { values, offset: 0, stride: columns, rows, columns });
      this.store.launcher.release(values);
    });
  }

  attentionScores(op: Parameters<Device['attentionScores']>[0]): void {
    const { heads, keyHeads, headSize } = op.shape;
    const [queries, keys] = [gpuArray(op.queries.array), gpuArray(op.keys.array)];
    const output = [op.shape.keys, op.shape.queries, heads];
    this.store.compute(op.out, output, async () =>
      this.store.launch(attentionScores, output, [
        await this.store.full(queries),
        await this.store.full(keys),
        op.queries.offset,
        op.queries.stride,
        op.keys.offset,
        op.keys.stride,
        headSize,
        heads / keyHeads,
        { real: op.scale },
      ]),
    );
  }

  attentionPattern(op: Parameters<Device['attentionPattern']>[0]): void {
    const { heads, queries, keys } = op.shape;
    const scores = gpuArray(op.scores);
    const seen = op.mask === undefined ? Float32Array.of(1) : whereSeen(op.mask);
    const masked = op.mask === undefined ? 0 : 1;
    // With a mask, the causal limit lies behind all keys.
    const past = op.mask === undefined ? op.past : keys;
    const output = [keys, queries, heads];
    this.store.compute(op.out, output, async () => {
      const values = await this.store.full(scores);
      const mask = await this.store.launcher.upload(seen);
      const needs = [values, mask, queries, keys, past, masked] as const;
      const statistics = await this.store.launch(patternStatistics, [2, queries, heads], needs);
      const result = await this.store.launch(patternApply, output, [
        values,
        mask,
        statistics,
        queries,
        keys,
        past,
        masked,
      ]);
      this.store.launcher.release(mask);
      this.store.launcher.release(statistics);
      return result;
    });
  }

  attentionMix(op: Parameters<Device['attentionMix']>[0]): void {
    const { heads, keyHeads, headSize, queries, keys } = op.shape;
    const [pattern, values] = [gpuArray(op.pattern), gpuArray(op.values.array)];
    const output = [headSize, heads, queries];
    this.store.compute(op.out, output, async () =>
      this.store.launch(attentionMix, output, [
        await this.store.full(pattern),
        await this.store.full(values),
        op.values.offset,
        op.values.stride,
        headSize,
        heads / keyHeads,
        queries,
        keys,
      ]),
    );
  }

  /** Everything that was lined up is done or skipped before the launcher goes. */
  dispose(): void {
    this.store.queue.pushAlways(() => {
      this.store.launcher.dispose();
    });
  }

  #combine(kernel: typeof add, op: Parameters<Device['add']>[0]): void {
    const [a, b] = [gpuArray(op.a), gpuArray(op.b)];
    this.store.compute(op.out, [op.length], async () =>
      this.store.launch(kernel, [op.length], [await this.store.full(a), await this.store.full(b)]),
    );
  }
}

const deviceNames: Readonly<Record<GpuBackend, DeviceName>> = {
  webgpu: 'webgpu',
  webgl2: 'webgl2',
  webasm: 'gpujs-webasm',
  cpu: 'gpujs-cpu',
};

const activationKernels = {
  gelu_new: geluNew,
  gelu,
  relu,
  silu_gated: silu,
  identity: keep,
  none: keep,
} as const;

function whereSeen(mask: Uint8Array): Float32Array {
  return Float32Array.from(mask, (byte) => (byte === 0 ? 0 : 1));
}
