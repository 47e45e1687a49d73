import { fail } from '../../protocol/failures';
import type { Contributions } from '../../protocol/runs';
import { checkId, checkWhole } from '../ids';
import type { WeightSource } from '../model/weights';
import { readWeight } from '../weightSlices';
import type { Pace } from '../work';
import { activation, finalState, logitsAt, type Traced } from './activation';
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
  const parts = new Parts(traced, { ...at, direction }, pace);
  const logits = await logitsAt(traced, at, pace);
  return {
    logit: logits[at.id],
    embed: await parts.shareOf('embed'),
    position: await parts.shareOf('pos_embed'),
    ...(await parts.ofBlocks()),
    normBias: dot(norm.bias, unembedding),
  };
}

/** The shares of what was added to the hidden state at one position, along one direction. */
class Parts {
  readonly #traced: Traced & { readonly weights: WeightSource };
  readonly #at: LogitAt & { readonly direction: Float64Array };
  readonly #pace: Pace;
  readonly #names: ReadonlySet<string>;

  constructor(
    traced: Traced & { readonly weights: WeightSource },
    at: LogitAt & { readonly direction: Float64Array },
    pace: Pace,
  ) {
    this.#traced = traced;
    this.#at = at;
    this.#pace = pace;
    this.#names = new Set(activationNames(traced.decoder.config));
  }

  /** Of an activation [T, C]; exactly 0 for one that this model does not add. */
  async shareOf(name: string): Promise<number> {
    if (!this.#names.has(name)) return 0;
    return dot(await this.#row(name), this.#at.direction);
  }

  async ofBlocks(): Promise<Pick<Contributions, 'heads' | 'attentionBias' | 'feedForward'>> {
    const { layers, heads } = this.#traced.decoder.config;
    const shares = {
      heads: new Float32Array(layers * heads),
      attentionBias: new Float32Array(layers),
      feedForward: new Float32Array(layers),
    };
    for (let block = 0; block < layers; block++) {
      shares.heads.set(await this.#heads(block), block * heads);
      shares.attentionBias[block] = await this.#bias(block);
      shares.feedForward[block] = await this.shareOf(`blocks.${block}.mlp_out`);
    }
    return shares;
  }

  /** Of each head: z[h, :]·W_O[hD … hD + D, :] along the direction, [H]. */
  async #heads(block: number): Promise<Float64Array> {
    const { heads, headSize, width } = this.#traced.decoder.config;
    const mixed = await this.#row(`blocks.${block}.attn.z`);
    const output = await this.#weight(`h.${block}.attn.c_proj.weight`);
    const shares = new Float64Array(heads);
    for (let row = 0; row < heads * headSize; row++) {
      const written = output.subarray(row * width, (row + 1) * width);
      shares[Math.floor(row / headSize)] += mixed[row] * dot(written, this.#at.direction);
    }
    return shares;
  }

  async #bias(block: number): Promise<number> {
    if (!this.#traced.decoder.config.biases) return 0;
    return dot(await this.#weight(`h.${block}.attn.c_proj.bias`), this.#at.direction);
  }

  async #row(name: string): Promise<Float32Array> {
    const request = { run: this.#at.run, name, index: [this.#at.position] };
    const block = await activation(this.#traced, request, this.#pace);
    return block.values;
  }

  async #weight(name: string): Promise<Float32Array> {
    const slice = { name, index: [], columns: undefined };
    const block = await readWeight(this.#traced.weights, slice, this.#pace);
    return block.values;
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
