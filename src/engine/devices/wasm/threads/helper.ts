import { SharedJob, type PartKernel } from './sharedJob';

/** What a helping thread is told at its start; it can be posted to another thread. */
export interface HelperStart {
  readonly module: WebAssembly.Module;
  /** The memory of the device, shared. */
  readonly memory: WebAssembly.Memory;
  /** The job, see `SharedJob`. */
  readonly job: SharedArrayBuffer;
  /** Address of this thread's own room that products work in. */
  readonly scratch: number;
}

/** Computes parts of the device's jobs until the device is disposed: the whole life of a helping thread. */
export function runHelper({ module, memory, job, scratch }: HelperStart): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = partKernels(exports);
  const shared = new SharedJob(job);
  while (shared.enter()) {
    try {
      shared.help(kernels, scratch);
    } catch {
      shared.fail();
    } finally {
      shared.leave();
    }
  }
}

/** The kernels in the order of the module, which is the same on all threads. */
export function partKernels(exports: object): readonly PartKernel[] {
  // All exports are functions of numbers: the module is built from the sources beside this folder.
  return Object.values(exports) as PartKernel[];
}
