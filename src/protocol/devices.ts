/**
 * Where the arithmetic runs: WebAssembly SIMD in float32, plain loops in float64, or kernels of GPU.js in float32 on a
 * GPU. Those of GPU.js without a GPU are slower than `wasm`; they are for comparison in tests.
 */
export type DeviceName = 'wasm' | 'reference' | GpuDeviceName | ComparedDeviceName;

/** Those that run on a GPU, in a page. */
export type GpuDeviceName = 'webgpu' | 'webgl2';

/** Those that run the GPU's kernels without one. */
export type ComparedDeviceName = 'gpujs-webasm' | 'gpujs-cpu';

/** How fast a device runs the open model: the best of a few runs, whole passes with their results read back. */
export interface DeviceSpeed {
  readonly device: DeviceName;
  /** Threads it computes with; undefined on a GPU. */
  readonly threads: number | undefined;
  /** One token, with `cachedTokens` before it. */
  readonly decodeMs: number;
  readonly cachedTokens: number;
  /** A text of `prefillTokens` tokens at once. */
  readonly prefillMs: number;
  readonly prefillTokens: number;
}

/** The best of a few training steps of the open model's shape, from random weights, on the device that was measured. */
export interface TrainingSpeed {
  readonly ms: number;
  /** Tokens of a step. */
  readonly tokens: number;
  readonly parameters: number;
}

/** All that was measured of a device; undefined for a model that is too large for its training to be tried out. */
export interface MeasuredDevice extends DeviceSpeed {
  readonly training: TrainingSpeed | undefined;
}

/** What a page says of one way to a GPU. */
export interface GpuAdapter {
  readonly device: GpuDeviceName;
  /** As the driver calls itself; empty where it does not say. */
  readonly name: string;
  /** `software` computes as a GPU does, but on the CPU: it is right, and slow. */
  readonly kind: 'hardware' | 'software' | 'missing';
}

/** How the `wasm` device keeps matrices: as they are, as float16, or as bytes with a scale for each output. */
export type WeightFormat = 'f32' | 'f16' | 'int8';
