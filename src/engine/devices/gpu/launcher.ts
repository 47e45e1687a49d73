import type { KernelThread } from './kernels/kernelThread';

/**
 * What the GPU device needs of GPU.js: kernels run on one of its backends, over numbers that stay there. Whoever starts
 * the device hands this in, so that the engine does not bring the library where nobody asks for it.
 */
export interface GpuLauncher {
  readonly backend: GpuBackend;
  /** How many numbers a handle can hold. */
  readonly mostNumbers: number;
  /** Numbers that stay on the device until `release`. */
  upload(values: Float32Array): Handle | Promise<Handle>;
  /**
   * One run of a kernel; the result, of `output` elements (x first), stays on the device until `release`. Rejects when
   * the device is lost or has no room.
   */
  launch<K extends Kernel>(
    kernel: K,
    output: readonly number[],
    values: ArgumentsOf<K>,
  ): Handle | Promise<Handle>;
  /** All numbers of a handle, a copy. */
  read(handle: Handle): Float32Array | Promise<Float32Array>;
  release(handle: Handle): void;
  dispose(): void;
}

/** `webgpu` and `webgl2` reach a GPU in a browser; `webasm` and `cpu` run the same kernels anywhere, for comparison. */
export type GpuBackend = 'webgpu' | 'webgl2' | 'webasm' | 'cpu';

/** Numbers on the device. What is inside is the launcher's business. */
export interface Handle {
  readonly backend: GpuBackend;
}

/** A function of a `….kernel.ts`, which is its own text at run time. */
export type Kernel = (this: KernelThread, ...values: never[]) => number;

/** A number that a kernel takes as it is; plain numbers are whole and stay so. */
export interface Real {
  readonly real: number;
}

/** What a kernel is launched with: a handle for each array. */
export type ArgumentsOf<K extends Kernel> = Each<Parameters<K>>;

type Each<Values extends readonly unknown[]> = {
  readonly [I in keyof Values]: Values[I] extends number ? number | Real : Handle;
};
