/** What the engine lives on in Node: shared by the worker thread and the command line. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { EngineParts } from '../engine/engineParts';
import type { EngineHost, KernelBuild } from '../engine/host';
import { fail } from '../protocol/failures';
import { nodeModelFiles } from './nodeFiles';
import { nodeThreads } from './nodeThreads';

/** Where the things lie that come with the product, and how much of the machine it may use. */
export interface NodePlaces {
  /**
   * Path of the compiled kernels, `….wasm`. Beside it lie the other builds, such as `….relaxed.wasm`, `thread.js`, which
   * threads that help run, `gpujs.js` with the devices for comparison, and the rank tables of the built-in encodings.
   */
  readonly kernels: string;
  /** Folder of the built-in model. */
  readonly builtin: string;
  /** Threads to compute with, 0 for one per core (8 at most); without it one. */
  readonly threads?: number | undefined;
}

export function nodeParts(places: NodePlaces): Pick<EngineParts, 'host' | 'locate' | 'ranks'> {
  return {
    host: {
      now: () => performance.now(),
      // Messages are handled before the next immediate.
      breathe: () => setImmediate(),
      wasmKernels: (build) => readFile(kernelsPath(places, build)),
      helpers: nodeThreads(join(dirname(places.kernels), 'thread.js'), places.threads ?? 1),
      compared: (device) => comparedDevices(places).createComparedDevice(device),
    },
    locate: (location) =>
      nodeModelFiles(
        location.kind === 'builtin' ? shippedModel(places.builtin, location) : location.folder,
      ),
    ranks: (file) => openRanks(dirname(places.kernels), file),
  };
}

/** What the build of `src/gpu/comparedDevices.ts` exports; GPU.js is read when somebody compares with it. */
interface ComparedDevices {
  readonly createComparedDevice: NonNullable<EngineHost['compared']>;
}

function comparedDevices({ kernels }: NodePlaces): ComparedDevices {
  const script = resolve(dirname(kernels), 'gpujs.js');
  return createRequire(script)(script) as ComparedDevices;
}

/** A rank table of the built-in encodings. */
export async function openRanks(folder: string, file: string): ReturnType<EngineParts['ranks']> {
  const source = await (await nodeModelFiles(folder)).open(file);
  if (source === undefined) throw fail('file-unreadable', { file, why: 'ENOENT' });
  return source;
}

/** Folder of a model that comes with the product: all lie beside the built-in one. */
function shippedModel(builtin: string, { model }: { readonly model?: 'tiny' }): string {
  return model === undefined ? builtin : join(dirname(builtin), model);
}

function kernelsPath({ kernels }: NodePlaces, build: KernelBuild): string {
  return build === 'simd' ? kernels : kernels.replace(/\.wasm$/, `.${build}.wasm`);
}
