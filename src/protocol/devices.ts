/**
 * Where the arithmetic runs: WebAssembly SIMD in float32, plain loops in float64, or kernels of GPU.js in float32 on a
 * GPU. Those of GPU.js without a GPU are slower than `wasm`; they are for comparison in tests.
 */
export type DeviceName = 'wasm' | 'reference' | 'webgpu' | 'webgl2' | 'gpujs-webasm' | 'gpujs-cpu';
