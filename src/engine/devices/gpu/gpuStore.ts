import { fail } from '../../../protocol/failures';
import type { DeviceArray, View } from '../device';
import { gpuArray, type GpuArray } from './gpuMemory';
import { GpuQueue } from './gpuQueue';
import { place, section } from './kernels/rows.kernel';
import type { ArgumentsOf, GpuLauncher, Handle, Kernel } from './launcher';

/** What the arrays of a GPU hold, and how results come to lie in them. Its methods are for work that the queue runs. */
export class GpuStore {
  readonly queue = new GpuQueue();
  readonly launcher: GpuLauncher;
  /** One zero, for arguments that an operation goes without. */
  #nothing: Handle | undefined;

  constructor(launcher: GpuLauncher) {
    this.launcher = launcher;
  }

  /** Lines up an operation whose result, of the given sizes, begins the array. */
  compute(out: DeviceArray, output: readonly number[], run: () => Promise<Handle>): void {
    const own = gpuArray(out);
    const length = output.reduce((product, size) => product * size, 1);
    this.queue.push(async () => {
      const values = await run();
      if (length === own.length) this.replace(own, values);
      else await this.put(own, 0, { values, length });
    });
  }

  /** Puts new numbers into a part of an array, and releases them. */
  async put(
    own: GpuArray,
    offset: number,
    { values, length }: { readonly values: Handle; readonly length: number },
  ): Promise<void> {
    const block = { values, offset: 0, stride: length, rows: 1, columns: length };
    await this.place(own, { offset, stride: own.length }, block);
    this.launcher.release(values);
  }

  /** Puts new rows, densely packed, into a view, and releases them or makes them the array's own. */
  async putRows(
    target: GpuView,
    { values, rows, columns }: { readonly values: Handle; rows: number; columns: number },
  ): Promise<void> {
    const own = target.array;
    const isDense = target.stride === columns || rows === 1;
    if (isDense && target.offset === 0 && rows * columns === own.length) {
      this.replace(own, values);
      return;
    }
    await this.place(own, target, { values, offset: 0, stride: columns, rows, columns });
    this.launcher.release(values);
  }

  /** Numbers that are on the device while something is computed with them. */
  async during(values: Float32Array, run: (handle: Handle) => Promise<Handle>): Promise<Handle> {
    const handle = await this.launcher.upload(values);
    const result = await run(handle);
    this.launcher.release(handle);
    return result;
  }

  async place(own: GpuArray, at: Omit<View, 'array'>, block: Block): Promise<void> {
    // A single row has no next one, so the whole array can be seen as one.
    const stride = block.rows === 1 ? own.length : at.stride;
    const old = await this.handle(own);
    const held = old === undefined ? 0 : 1;
    const result = await this.launch(
      place,
      [stride, Math.ceil(own.length / stride)],
      [
        old ?? (await this.orNothing(undefined)),
        block.values,
        stride,
        Math.floor(at.offset / stride),
        at.offset % stride,
        block.rows,
        block.columns,
        block.offset,
        block.stride,
        held,
      ],
    );
    this.replace(own, result);
  }

  /** Throws `array-too-large` for a result that the GPU has no array for. */
  async launch<K extends Kernel>(
    kernel: K,
    output: readonly number[],
    values: ArgumentsOf<K>,
  ): Promise<Handle> {
    const numbers = output.reduce((product, size) => product * size, 1);
    const most = this.launcher.mostNumbers;
    if (numbers > most) throw fail('array-too-large', { bytes: 4 * numbers, limitBytes: 4 * most });
    return this.launcher.launch(kernel, output, values);
  }

  /** Every `stride`-th number from `offset` on, a copy. */
  async section(
    handle: Handle,
    at: { readonly offset: number; readonly stride: number; readonly length: number },
  ): Promise<Float32Array> {
    const part = await this.launch(section, [at.length], [handle, at.offset, at.stride]);
    const values = await this.launcher.read(part);
    this.launcher.release(part);
    return values.slice(0, at.length);
  }

  /** The numbers of an array on the device, if there are any yet. */
  async handle(own: GpuArray): Promise<Handle | undefined> {
    const { staged } = own;
    if (staged === undefined) return own.handle;
    const handle = await this.launcher.upload(staged);
    this.replace(own, handle);
    return handle;
  }

  /** The same, with zeros where there are none. */
  async full(own: GpuArray): Promise<Handle> {
    if (own.handle === undefined) own.staged ??= new Float32Array(own.length);
    const handle = await this.handle(own);
    if (handle === undefined) throw new TypeError('This array has no numbers.');
    return handle;
  }

  async orNothing(own: GpuArray | undefined): Promise<Handle> {
    if (own !== undefined) return this.full(own);
    return (this.#nothing ??= await this.launcher.upload(new Float32Array(1)));
  }

  replace(own: GpuArray, handle: Handle | undefined): void {
    if (own.handle !== undefined) this.launcher.release(own.handle);
    own.handle = handle;
    own.staged = undefined;
  }
}

/** A view whose array is known to be in use: by the time the queue comes to it, its owner may have freed it. */
export interface GpuView extends View {
  readonly array: GpuArray;
}

/** Rows on the device that go into a part of an array. */
interface Block {
  readonly values: Handle;
  readonly offset: number;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
}
