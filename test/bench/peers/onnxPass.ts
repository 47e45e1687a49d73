// The same pass of the same model in ONNX Runtime.
import type { ModelConfig } from '../../../src/protocol/modelConfig';
import type { Tensor } from '../../support/safetensors';
import { onnxDecoder, onnxFeeds } from './onnxDecoder';
import { openSession, type OnnxRuntime } from './onnxRuntime';
import { someIds, type Reading } from './ourModel';

export interface OnnxPass {
  /** Logits [V] of the last token. */
  readonly run: () => Promise<Float32Array>;
  readonly dispose: () => Promise<void>;
}

export async function onnxPass(
  of: Reading & { readonly config: ModelConfig; readonly weights: ReadonlyMap<string, Tensor> },
  peer: {
    readonly runtime: OnnxRuntime;
    readonly on: 'cpu' | 'wasm';
    readonly threads: number;
    readonly cache: Readonly<Record<string, Float32Array>>;
  },
): Promise<OnnxPass> {
  const { config, weights, rows, past } = of;
  const { runtime, cache } = peer;
  const session = await openSession(runtime, onnxDecoder(config, weights, of), peer);
  const dims = [config.heads, past, config.headSize];
  const feeds = onnxFeeds(runtime, { ids: someIds(config, past, rows), cache }, dims);
  return {
    run: async () => {
      const { logits } = await session.run(feeds);
      if (logits === undefined) throw new Error('ONNX Runtime gave no logits');
      return logits.data;
    },
    dispose: () => session.release(),
  };
}
