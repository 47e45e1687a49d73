import type { Kernels } from './kernelModule';
import type { RotaryTables } from './rotaryTables';
import type { WasmMemory } from './wasmMemory';

/** What the operations of one wasm device work with. */
export interface Resources {
  readonly kernels: Kernels;
  readonly memory: WasmMemory;
  /** Address of the room that products work in. */
  readonly scratch: number;
  readonly rotaryTables: RotaryTables;
}
