import { fail } from '../../protocol/failures';
import type { NumberBlock, SmallMapsOf } from '../../protocol/runs';
import { checkWhole } from '../ids';
import type { Work } from '../work';
import { attentionMap } from './attentionMap';
import type { Run } from './runs';

type Source = Parameters<typeof attentionMap>[0];

/** Most rows and columns of a small map. */
const mostPlaces = 512;

/**
 * All maps of a block as small pictures, [H + 1, n, n]: those of the heads, then that of all heads together; without a
 * block, [1, n, n], that of all blocks. Each of the n = ⌈T ÷ ⌈T ÷ places⌉⌉ places holds the strongest number of its cells.
 * Throws as `attentionMap` does, and `setting-invalid` for a number of places outside of 1 to 512.
 */
export async function smallMaps(
  source: Source,
  { run, places, kind, block }: SmallMapsOf & { readonly run: Run },
  work: Work,
): Promise<NumberBlock> {
  const { pace, onProgress } = work;
  checkWhole('places', places, [1, mostPlaces]);
  const { layers, heads } = source.decoder.config;
  if (layers === 0) throw fail('activation-unknown', { name: patternOf(0) });
  if (block !== undefined) checkWhole('block', block, [0, layers - 1]);
  const tokens = run.ids.length;
  const factor = Math.ceil(tokens / places);
  const side = Math.ceil(tokens / factor);
  const total = block === undefined ? 1 : heads + 1;
  const values = new Float32Array(total * side * side);
  // Once for all heads: others may ask for other blocks meanwhile, and there is not room for many patterns.
  const weights =
    kind === 'weights' && block !== undefined
      ? await source.runs.activation(run, patternOf(block), pace)
      : undefined;
  for (let each = 0; each < total; each++) {
    const head = each < heads ? each : undefined;
    const map =
      weights !== undefined && head !== undefined
        ? part(weights, head)
        : await mapOf(source, { run, kind, block, head }, work);
    bin(map, values.subarray(each * side * side), { tokens, factor });
    onProgress?.({ done: each + 1, total });
    await pace.pause();
  }
  return { shape: [total, side, side], values };
}

function patternOf(block: number): string {
  return `blocks.${block}.attn.pattern`;
}

interface Wanted {
  readonly run: Run;
  readonly kind: SmallMapsOf['kind'];
  readonly block: number | undefined;
  readonly head: number | undefined;
}

/** One map, [T·T]. */
async function mapOf(
  source: Source,
  { run, kind, block, head }: Wanted,
  work: Work,
): Promise<Float32Array> {
  const { pace } = work;
  if (block === undefined) return (await attentionMap(source, { run, kind }, work)).map.values;
  const of = { run, kind, block, ...(head !== undefined && { head }) };
  return (await attentionMap(source, of, { pace, onProgress: undefined })).map.values;
}

/** The weights of one head, as they lie in those of all. */
function part({ shape, values }: NumberBlock, head: number): Float32Array {
  const size = values.length / shape[0];
  return values.subarray(head * size, (head + 1) * size);
}

interface Binning {
  readonly tokens: number;
  /** Cells in each direction that share a place. */
  readonly factor: number;
}

/** Maps are never negative: the strongest is the largest. */
function bin(map: Float32Array, target: Float32Array, { tokens, factor }: Binning): void {
  const side = Math.ceil(tokens / factor);
  for (let query = 0; query < tokens; query++) {
    const first = Math.floor(query / factor) * side;
    for (let key = 0; key < tokens; key++) {
      const value = map[query * tokens + key];
      const place = first + Math.floor(key / factor);
      if (value > target[place]) target[place] = value;
    }
  }
}
