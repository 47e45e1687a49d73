import type { ComparedDeviceName, GpuDeviceName } from '../protocol/devices';
import type { Device } from './devices/device';
import type { TrainingDevice } from './devices/trainingDevice';
import type { HelperStart } from './devices/wasm/threads/helper';

/** What the engine needs of the runtime it lives in, passed in because it has no globals of its own. */
export interface EngineHost {
  /** Milliseconds that only grow. */
  now(): number;
  /** Lets waiting messages in (a cancellation, a newer request) and resolves when they were handled. */
  breathe(): Promise<void>;
  /** The compiled kernels of the wasm device. */
  wasmKernels(build: KernelBuild): Promise<Uint8Array>;
  /** Threads that help to compute; absent where memory cannot be shared with any, or none are wanted. */
  readonly helpers?: HelperThreads | undefined;
  /**
   * Makes a device on a GPU whose numbers were found to be right; absent where no GPU can be reached. Rejects with
   * `device-unavailable`.
   */
  readonly gpu?: ((device: GpuDeviceName) => Promise<Device>) | undefined;
  /** The same for a device that trains. */
  readonly gpuTraining?: ((device: GpuDeviceName) => Promise<TrainingDevice>) | undefined;
  /** Makes a device with the GPU's kernels where there is none; absent where GPU.js is not at hand. */
  readonly compared?: ((device: ComparedDeviceName) => Device) | undefined;
}

/** Starts threads beside the one that the engine runs on. */
export interface HelperThreads {
  /** How many to start, at least 1. */
  readonly count: number;
  /** Work that takes less than so many nanoseconds stays on one thread; without it what was measured holds. */
  readonly leastNs?: number;
  /** Starts a thread that calls `runHelper` with this and then ends. One that fails to start is only missed. */
  start(start: HelperStart): void;
}

/**
 * `relaxed` multiplies and adds in one rounding, and needs an engine with relaxed SIMD; `simd` runs everywhere else. The
 * shared ones work in a memory that threads share.
 */
export type KernelBuild = 'simd' | 'relaxed' | 'simd-shared' | 'relaxed-shared';
