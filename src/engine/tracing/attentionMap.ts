import { fail } from '../../protocol/failures';
import type { AttentionMap, AttentionMapOf } from '../../protocol/runs';
import { checkWhole } from '../ids';
import type { WeightSource } from '../model/weights';
import { readWeight } from '../weightSlices';
import type { Pace, Work } from '../work';
import type { Traced } from './activation';
import type { Run } from './runs';

/** What a map is made of. */
type Source = Traced & { readonly weights: WeightSource };

type Wanted = AttentionMapOf & { readonly run: Run };

/**
 * Who attends to whom, [Q, K], of one head, of a block, or of the whole model.
 *
 * Contributions are the norms of what really reaches the query (Kobayashi et al. 2020, “Attention is Not Only a Weight:
 * Analyzing Transformers with Vector Norms”): ‖α·v·W_O‖ of a head, and ‖Σ_h α_h·v_h·W_O,h‖ of a block, whose heads may
 * cancel each other. Summed in float64.
 *
 * Throws `activation-unknown` for a model without blocks, `setting-invalid` for an index outside its axis.
 */
export async function attentionMap(
  source: Source,
  wanted: Wanted,
  { pace, onProgress }: Work,
): Promise<AttentionMap> {
  const { layers, heads } = source.decoder.config;
  const { run, kind, block, head } = wanted;
  if (layers === 0) throw fail('activation-unknown', { name: patternOf(0) });
  if (block !== undefined) checkWhole('block', block, [0, layers - 1]);
  if (head !== undefined) checkWhole('head', head, [0, heads - 1]);
  const tokens = run.ids.length;
  const sum = new Float64Array(tokens * tokens);
  const blocks = block === undefined ? Array.from({ length: layers }, (_, each) => each) : [block];
  let norms: Float64Array | undefined;
  for (const [index, each] of blocks.entries()) {
    const told = (keys: number): void => {
      onProgress?.({ done: index * tokens + keys, total: blocks.length * tokens });
    };
    const pattern = await source.runs.activation(run, patternOf(each), pace);
    const share = { sum, pattern: pattern.values, tokens, heads };
    if (kind === 'weights') addWeights(share, head);
    else if (head === undefined)
      await addBlockNorms(source, { ...share, run, block: each, told }, pace);
    else norms = await addHeadNorms(source, { ...share, run, block: each, head, told }, pace);
    told(tokens);
    await pace.pause();
  }
  const values = Float32Array.from(sum, (each) => each / blocks.length);
  return {
    map: { shape: [tokens, tokens], values },
    norms: norms && Float32Array.from(norms),
  };
}

function patternOf(block: number): string {
  return `blocks.${block}.attn.pattern`;
}

/** What is added up: patterns [H, Q, K] into [Q, K]. */
interface Share {
  readonly sum: Float64Array;
  readonly pattern: Float32Array;
  readonly tokens: number;
  readonly heads: number;
}

interface BlockShare extends Share {
  readonly run: Run;
  readonly block: number;
  /** Is told how many keys are done. */
  readonly told: (keys: number) => void;
}

/** The weights of one head, or the mean of all. */
function addWeights({ sum, pattern, heads }: Share, head: number | undefined): void {
  const size = sum.length;
  const those = head === undefined ? Array.from({ length: heads }, (_, each) => each) : [head];
  for (const each of those) {
    for (let cell = 0; cell < size; cell++) {
      sum[cell] += pattern[each * size + cell] / those.length;
    }
  }
}

/** α times the norm of the key's value through W_O; the norms [K] are given back. */
async function addHeadNorms(
  source: Source,
  { sum, pattern, tokens, told, ...at }: BlockShare & { readonly head: number },
  pace: Pace,
): Promise<Float64Array> {
  const written = await writtenOf(source, at, pace);
  const norms = new Float64Array(tokens);
  for (let key = 0; key < tokens; key++) {
    const row = written(key, at.head);
    norms[key] = Math.sqrt(dot(row, row));
    told(key);
    await pace.pause();
  }
  const start = at.head * tokens * tokens;
  for (let cell = 0; cell < sum.length; cell++) {
    sum[cell] += pattern[start + cell] * norms[cell % tokens];
  }
  return norms;
}

/**
 * The norm of a sum over heads is √(αᵀGα), G being the products of what the heads would write of a key with each other:
 * one small matrix for a key serves all queries.
 */
async function addBlockNorms(
  source: Source,
  { sum, pattern, tokens, heads, told, ...at }: BlockShare,
  pace: Pace,
): Promise<void> {
  const written = await writtenOf(source, at, pace);
  const size = tokens * tokens;
  for (let key = 0; key < tokens; key++) {
    const rows = Array.from({ length: heads }, (_, head) => written(key, head));
    const products = rows.map((left) => rows.map((right) => dot(left, right)));
    for (let query = 0; query < tokens; query++) {
      const cell = query * tokens + key;
      let square = 0;
      for (let a = 0; a < heads; a++) {
        for (let b = 0; b < heads; b++) {
          square += pattern[a * size + cell] * pattern[b * size + cell] * products[a][b];
        }
      }
      // Rounding may leave a sum that cancels just below zero.
      sum[cell] += Math.sqrt(Math.max(0, square));
    }
    told(key);
    await pace.pause();
  }
}

/** What a head writes of a key's value: v[key, head, :]·W_O[hD … hD + D, :], [C]. */
async function writtenOf(
  source: Source,
  { run, block }: Pick<BlockShare, 'run' | 'block'>,
  pace: Pace,
): Promise<(key: number, head: number) => Float64Array> {
  const { width, heads, keyValueHeads, headSize } = source.decoder.config;
  const v = await source.runs.activation(run, `blocks.${block}.attn.v`, pace);
  const name = `h.${block}.attn.c_proj.weight`;
  const output = await readWeight(source.weights, { name, index: [], columns: undefined }, pace);
  return (key, head) => {
    // Several query heads may share one of keys and values.
    const shared = Math.floor((head * keyValueHeads) / heads);
    const row = new Float64Array(width);
    for (let channel = 0; channel < headSize; channel++) {
      const value = v.values[(key * keyValueHeads + shared) * headSize + channel];
      const start = (head * headSize + channel) * width;
      for (let to = 0; to < width; to++) row[to] += value * output.values[start + to];
    }
    return row;
  };
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index] * right[index];
  return sum;
}
