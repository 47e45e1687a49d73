import type { Kernels } from './kernelModule';
import type { KernelRunner } from './kernelRunner';
import type { RotaryTables } from './rotaryTables';
import type { ThreadPool } from './threads/threadPool';
import type { WasmMemory } from './wasmMemory';

/** What the operations of one wasm device work with. */
export interface Resources {
  readonly kernels: Kernels;
  readonly memory: WasmMemory;
  readonly runner: KernelRunner;
  /** Absent where the device has one thread. */
  readonly pool: ThreadPool | undefined;
  readonly rotaryTables: RotaryTables;
}
