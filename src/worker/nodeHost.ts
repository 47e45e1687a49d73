/** What the engine lives on in Node: shared by the worker thread and the command line. */
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { EngineParts } from '../engine/engine';
import type { KernelBuild } from '../engine/host';
import { nodeModelFiles } from './nodeFiles';

/** Where the things lie that come with the product. */
export interface NodePlaces {
  /** Path of the compiled kernels, `….wasm`; those that need relaxed SIMD lie beside it as `….relaxed.wasm`. */
  readonly kernels: string;
  /** Folder of the built-in model. */
  readonly builtin: string;
}

export function nodeParts(places: NodePlaces): Pick<EngineParts, 'host' | 'locate'> {
  return {
    host: {
      now: () => performance.now(),
      // Messages are handled before the next immediate.
      breathe: () => setImmediate(),
      wasmKernels: (build) => readFile(kernelsPath(places, build)),
    },
    locate: (location) =>
      nodeModelFiles(location.kind === 'builtin' ? places.builtin : location.folder),
  };
}

function kernelsPath({ kernels }: NodePlaces, build: KernelBuild): string {
  return build === 'simd' ? kernels : kernels.replace(/\.wasm$/, `.${build}.wasm`);
}
