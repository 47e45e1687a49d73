import { fail } from '../../protocol/failures';
import type { Contributions } from '../../protocol/runs';
import { checkId, checkWhole } from '../ids';
import type { WeightSource } from '../model/weights';
import { readWeight } from '../weightSlices';
import type { Pace } from '../work';
import { finalState, fixAxes, logitsAt, type Traced } from './activation';
import { activationNames } from './activationShapes';
import { finalNorm, logitDirection } from './finalNorm';
import type { Run } from './runs';

/** A run's position, and the token of whose logit is asked. */
export interface LogitAt {
  readonly run: Run;
  readonly position: number;
  readonly id: number;
}

/**
 * Direct logit attribution (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"): the last hidden
 * state is a sum of everything that was added to it, so a logit is the sum of each part's own share. The norm's scale
 * is held at its actual value. Summed in float64.
 *
 * Throws `config-unsupported` where norms stand after the sums: what was added is then no part of the last hidden state.
 */
export async function contributions(
  traced: Traced & { readonly weights: WeightSource },
  at: LogitAt,
  pace: Pace,
): Promise<Contributions> {
  const { config } = traced.decoder;
  checkWhole('position', at.position, [0, at.run.ids.length - 1]);
  checkId(at.id, config.vocabulary);
  if (config.norm !== 'none' && config.normPlace === 'post') {
    const where = { file: 'config.json', field: 'normPlace', value: 'post' };
    throw fail('config-unsupported', where);
  }
  const norm = await finalNorm(config, traced.weights, pace);
  const unembedding = await traced.decoder.unembeddingRow(at.id);
  const hidden = await finalState(traced, at.run, pace);
  const state = hidden.subarray(at.position * config.width, (at.position + 1) * config.width);
  const scale = norm.scale(state);
  const direction = logitDirection(norm, unembedding).map((value) => value * scale);
  const parts = new Parts(await rowsOfParts(traced, at, pace), direction);
  const logits = await logitsAt(traced, at, pace);
  return {
    logit: logits[at.id],
    embed: parts.shareOf('embed'),
    position: parts.shareOf('pos_embed'),
    ...(await sharesOfBlocks(traced, parts, pace)),
    normBias: dot(norm.bias, unembedding),
  };
}

/** Everything that was added at one position, by activation: z [H, D] of each block, and rows [C]. */
async function rowsOfParts(
  traced: Traced,
  at: LogitAt,
  pace: Pace,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { config } = traced.decoder;
  const added = /^(embed|pos_embed|blocks\.\d+\.(attn\.z|mlp_out))$/;
  const names = activationNames(config).filter((name) => added.test(name));
  const rows = new Map<string, Float32Array>();
  await traced.runs.visit(at.run, names, {
    pace,
    visit: (name, block) => void rows.set(name, fixAxes(block, [at.position]).values),
  });
  return rows;
}

/** The shares along one direction of what was added. */
class Parts {
  readonly #rows: ReadonlyMap<string, Float32Array>;
  readonly #direction: Float64Array;

  constructor(rows: ReadonlyMap<string, Float32Array>, direction: Float64Array) {
    this.#rows = rows;
    this.#direction = direction;
  }

  /** Exactly 0 for what this model does not add. */
  shareOf(name: string): number {
    return this.along(this.#rows.get(name) ?? []);
  }

  /** Of each head: z[h, :]·W_O[hD … hD + D, :] along the direction, [H]. `output` is W_O, [H·D, C]. */
  headShares(block: number, output: Float32Array, heads: number): Float64Array {
    const shares = new Float64Array(heads);
    const mixed = this.#rows.get(`blocks.${block}.attn.z`) ?? new Float32Array();
    const width = this.#direction.length;
    for (const [row, value] of mixed.entries()) {
      const head = Math.floor((row * heads) / mixed.length);
      shares[head] += value * this.along(output.subarray(row * width, (row + 1) * width));
    }
    return shares;
  }

  along(values: ArrayLike<number>): number {
    return dot(values, this.#direction);
  }
}

async function sharesOfBlocks(
  { decoder, weights }: Traced & { readonly weights: WeightSource },
  parts: Parts,
  pace: Pace,
): Promise<Pick<Contributions, 'heads' | 'attentionBias' | 'feedForward'>> {
  const { layers, heads, biases } = decoder.config;
  const read = async (name: string): Promise<Float32Array> => {
    return (await readWeight(weights, { name, index: [], columns: undefined }, pace)).values;
  };
  const shares = {
    heads: new Float32Array(layers * heads),
    attentionBias: new Float32Array(layers),
    feedForward: new Float32Array(layers),
  };
  for (let block = 0; block < layers; block++) {
    const output = `h.${block}.attn.c_proj`;
    shares.heads.set(parts.headShares(block, await read(`${output}.weight`), heads), block * heads);
    shares.attentionBias[block] = biases ? parts.along(await read(`${output}.bias`)) : 0;
    shares.feedForward[block] = parts.shareOf(`blocks.${block}.mlp_out`);
  }
  return shares;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
