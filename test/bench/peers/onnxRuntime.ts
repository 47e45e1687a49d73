// The part of ONNX Runtime 1.30 that is used here; its own declarations are there only once it is installed.

export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: SessionOptions): Promise<OnnxSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'int64',
    data: Float32Array | BigInt64Array,
    dims: readonly number[],
  ) => OnnxTensor;
  readonly env: { readonly wasm: { numThreads: number } };
}

interface SessionOptions {
  readonly executionProviders: readonly ('cpu' | 'wasm')[];
  /** 0 lets the runtime choose: one for each core. */
  readonly intraOpNumThreads: number;
  readonly interOpNumThreads: number;
  readonly graphOptimizationLevel: 'all';
}

export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Record<string, OnnxTensor>>;
  release(): Promise<void>;
}

export interface OnnxTensor {
  readonly data: Float32Array;
}

export type OnnxFeeds = Parameters<OnnxSession['run']>[0];

/** A session on the CPU. `threads` 0 is one for each core. */
export function openSession(
  runtime: OnnxRuntime,
  model: Uint8Array,
  { on, threads }: { readonly on: 'cpu' | 'wasm'; readonly threads: number },
): Promise<OnnxSession> {
  if (on === 'wasm') runtime.env.wasm.numThreads = threads;
  return runtime.InferenceSession.create(model, {
    executionProviders: [on],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
}
