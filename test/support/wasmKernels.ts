import { readFileSync } from 'node:fs';

/** The compiled kernels of the wasm device. */
export const wasmKernels = readFileSync('dist/kernels.wasm');
