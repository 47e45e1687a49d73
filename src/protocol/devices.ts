/** Where the arithmetic runs: WebAssembly SIMD in float32, or plain loops in float64. */
export type DeviceName = 'wasm' | 'reference';
