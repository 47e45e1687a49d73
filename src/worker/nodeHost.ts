/** What the engine lives on in Node: shared by the worker thread and the command line. */
import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { EngineParts } from '../engine/engine';
import { nodeModelFiles } from './nodeFiles';

/** Where the things lie that come with the product. */
export interface NodePlaces {
  /** Path of the compiled kernels. */
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
      wasmKernels: () => readFile(places.kernels),
    },
    locate: (location) =>
      nodeModelFiles(location.kind === 'builtin' ? places.builtin : location.folder),
  };
}
