// The engine's decoder on the wasm device, as the peers' passes are run: the same tokens behind the same cache.
import { chooseDevice } from '../../../src/engine/chooseDevice';
import { Decoder } from '../../../src/engine/model/decoder';
import type { ModelConfig } from '../../../src/protocol/modelConfig';
import { weightsOf, type Tensor } from '../../support/safetensors';
import { hostOf, type Build } from './builds';

/** Tokens read at once, behind others whose keys and values are kept. */
export interface Reading {
  readonly rows: number;
  readonly past: number;
}

export interface OurModel {
  /** Logits [V] of the last token. */
  readonly run: () => Promise<Float32Array>;
  /** `keys.i` and `values.i` [H, past, D] of every block. */
  readonly cache: () => Promise<Record<string, Float32Array>>;
  readonly dispose: () => void;
}

/** The tokens at positions `from` and behind it. */
export function someIds({ vocabulary }: ModelConfig, from: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, n) => ((from + n) * 37 + 11) % vocabulary);
}

/** `threads` 0 is one for each core. */
export async function ourModel(
  of: Reading & { readonly config: ModelConfig; readonly weights: ReadonlyMap<string, Tensor> },
  on: { readonly threads: number; readonly build: Build },
): Promise<OurModel> {
  const { config, rows, past } = of;
  const host = hostOf(on.build, on.threads);
  const device = await chooseDevice(host, 'wasm');
  const weights = weightsOf(of.weights, 1 << 20);
  const breathe = (): Promise<void> => host.breathe();
  const decoder = await Decoder.load({ device, config, weights, breathe });
  const cache = decoder.newCache();
  const read = (from: number, count: number) =>
    decoder.forward({ ids: someIds(config, from, count), cache, logits: 'last', breathe });
  if (past > 0) await read(0, past);
  return {
    run: async () => {
      cache.truncate(past);
      return Float32Array.from(await read(past, rows));
    },
    cache: async () => {
      const found: Record<string, Float32Array> = {};
      if (past === 0) return found;
      for (let block = 0; block < config.layers; block++) {
        for (const name of ['keys', 'values'] as const) {
          const kept = await device.read(cache[name](block).array, 0, past * config.width);
          found[`${name}.${block}`] = byHeads(kept, config, past);
        }
      }
      return found;
    },
    dispose: () => {
      cache.dispose();
      decoder.dispose();
      device.dispose();
    },
  };
}

/** [T, H, D] as [H, T, D]. */
function byHeads(
  values: ArrayLike<number>,
  { heads, headSize }: ModelConfig,
  rows: number,
): Float32Array {
  return Float32Array.from({ length: heads * rows * headSize }, (_, at) => {
    const [head, rest] = [Math.floor(at / (rows * headSize)), at % (rows * headSize)];
    const [row, d] = [Math.floor(rest / headSize), rest % headSize];
    return values[(row * heads + head) * headSize + d] ?? Number.NaN;
  });
}
