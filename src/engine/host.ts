/** What the engine needs of the runtime it lives in, passed in because it has no globals of its own. */
export interface EngineHost {
  /** Milliseconds that only grow. */
  now(): number;
  /** Lets waiting messages in (a cancellation, a newer request) and resolves when they were handled. */
  breathe(): Promise<void>;
  /** The compiled kernels of the wasm device. */
  wasmKernels(build: KernelBuild): Promise<Uint8Array>;
}

/** `relaxed` multiplies and adds in one rounding, and needs an engine with relaxed SIMD; `simd` runs everywhere else. */
export type KernelBuild = 'simd' | 'relaxed';
