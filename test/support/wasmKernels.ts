import { readFileSync } from 'node:fs';

/** The compiled kernels of the wasm device. */
export const wasmKernels = readFileSync('dist/kernels.wasm');

/** The same with relaxed SIMD. */
export const relaxedKernels = readFileSync('dist/kernels.relaxed.wasm');

/** The builds that this Node runs, each under the name of its device. */
export const runnableBuilds: readonly { readonly name: string; readonly kernels: Uint8Array }[] = [
  { name: 'wasm', kernels: wasmKernels },
  { name: 'wasm with relaxed SIMD', kernels: relaxedKernels },
].filter(({ kernels }) => WebAssembly.validate(kernels));
