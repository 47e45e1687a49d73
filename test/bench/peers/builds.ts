// The builds of the kernels that this Node can run, each to be measured for itself.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { EngineHost } from '../../../src/engine/host';
import { nodeParts } from '../../../src/worker/nodeHost';

export type Build = 'simd' | 'relaxed';

export const buildNames: Readonly<Record<Build, string>> = {
  simd: 'SIMD',
  relaxed: 'relaxed SIMD',
};

const kernels = 'dist/kernels.wasm';

/** Node 20 hides relaxed SIMD behind a flag of V8; what VS Code and browsers run has it. */
export function runnableBuilds(): readonly Build[] {
  const relaxed = readFileSync('dist/kernels.relaxed.wasm');
  if (!WebAssembly.validate(relaxed)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(relaxed) ? ['simd', 'relaxed'] : ['simd'];
}

/** A host that has kernels of one build alone. `threads` 0 is one for each core. */
export function hostOf(build: Build, threads: number): EngineHost {
  const { host } = nodeParts({ kernels, builtin: 'media/models/builtin', threads });
  return {
    ...host,
    wasmKernels: (wanted) =>
      wanted.split('-')[0] === build
        ? host.wasmKernels(wanted)
        : Promise.reject(new Error(`${wanted} is not measured`)),
  };
}
