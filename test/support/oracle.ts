// The reference cases: small models with every intermediate of one forward pass as PyTorch computed it in float64.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { Tensor } from './safetensors';
import { readSafetensors } from './safetensors';

export const oracleNames = ['tiny-tied', 'tiny-untied-relu'] as const;

export interface OracleCase {
  readonly config: ModelConfig;
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Rows of the batch, each with what is expected of it. */
  readonly rows: readonly OracleRow[];
  /** Mean cross-entropy over both rows, in nats. */
  readonly loss: number;
  /** First half of row 0, continued greedily. */
  readonly greedy: Int32Array;
}

export interface OracleRow {
  readonly ids: Int32Array;
  readonly targets: Int32Array;
  readonly probabilities: Tensor;
  /** By our names, in our order of axes. */
  readonly activations: ReadonlyMap<string, Tensor>;
}

export function readOracle(name: (typeof oracleNames)[number]): OracleCase {
  const folder = join('test/fixtures/oracle', name);
  const config = readConfig(join(folder, 'config.json'));
  const expected = readSafetensors(join(folder, 'expected.safetensors'));
  const count = tensorOf(expected, 'ids').shape[0] ?? 0;
  return {
    config,
    weights: readSafetensors(join(folder, 'model.safetensors')),
    rows: Array.from({ length: count }, (_, row) => readRow(expected, row, config)),
    loss: tensorOf(expected, 'loss').values[0] ?? NaN,
    greedy: Int32Array.from(tensorOf(expected, 'greedy').values),
  };
}

function readRow(
  expected: ReadonlyMap<string, Tensor>,
  row: number,
  config: ModelConfig,
): OracleRow {
  const take = (name: string): Tensor => rowOf(tensorOf(expected, name), row);
  const activations = new Map<string, Tensor>();
  for (const [ours, theirs] of activationNames(config.layers)) {
    activations.set(
      ours,
      theirs.endsWith('position_embed') ? tensorOf(expected, theirs) : take(theirs),
    );
  }
  for (const [name, tensor] of activations) {
    // There [H, T, D], here [T, H, D].
    if (/\.attn\.[qkvz]$/.test(name)) activations.set(name, swapFirstAxes(tensor));
  }
  return {
    ids: Int32Array.from(take('ids').values),
    targets: Int32Array.from(take('targets').values),
    probabilities: take('probs'),
    activations,
  };
}

/** Our name and the oracle's of every intermediate that both have. */
function activationNames(layers: number): [ours: string, theirs: string][] {
  const names: [string, string][] = [
    ['embed', 'act.token_embed'],
    ['pos_embed', 'act.position_embed'],
    ['ln_final.normalized', 'act.ln_f'],
    ['logits', 'act.logits'],
  ];
  for (let i = 0; i < layers; i++) {
    const before = i === 0 ? 'act.embed' : `act.h.${i - 1}.resid_post`;
    names.push([`blocks.${i}.resid_pre`, before]);
    for (const [ours, theirs] of blockNames)
      names.push([`blocks.${i}.${ours}`, `act.h.${i}.${theirs}`]);
  }
  return names;
}

const blockNames = [
  ['ln1.normalized', 'ln_1'],
  ['attn.q', 'q'],
  ['attn.k', 'k'],
  ['attn.v', 'v'],
  ['attn.scores', 'scores'],
  ['attn.pattern', 'pattern'],
  ['attn.z', 'z'],
  ['attn_out', 'attn_out'],
  ['resid_mid', 'resid_mid'],
  ['ln2.normalized', 'ln_2'],
  ['mlp.pre', 'mlp_pre'],
  ['mlp.post', 'mlp_post'],
  ['mlp_out', 'mlp_out'],
  ['resid_post', 'resid_post'],
] as const;

function readConfig(path: string): ModelConfig {
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, number> & {
    activation_function: 'gelu_new' | 'relu';
    tie_word_embeddings: boolean;
  };
  const field = (name: string): number => {
    const value = json[name];
    assert.ok(typeof value === 'number', `${path}: ${name}`);
    return value;
  };
  const width = field('n_embd');
  return {
    layers: field('n_layer'),
    heads: field('n_head'),
    keyValueHeads: field('n_head'),
    headSize: width / field('n_head'),
    width,
    hidden: 4 * width,
    vocabulary: field('vocab_size'),
    context: field('n_positions'),
    norm: 'layer',
    normPlace: 'pre',
    normEpsilon: field('layer_norm_epsilon'),
    position: 'learned',
    rotaryBase: 10_000,
    activation: json.activation_function,
    biases: true,
    tied: json.tie_word_embeddings,
    endId: undefined,
  };
}

function tensorOf(tensors: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = tensors.get(name);
  assert.ok(tensor !== undefined, `The oracle has no ${name}.`);
  return tensor;
}

function rowOf({ shape, values }: Tensor, row: number): Tensor {
  const length = values.length / (shape[0] ?? 1);
  return { shape: shape.slice(1), values: values.slice(row * length, (row + 1) * length) };
}

function swapFirstAxes({ shape, values }: Tensor): Tensor {
  const [first = 0, second = 0, third = 0] = shape;
  const swapped = new Float32Array(values.length);
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second; b++) {
      const from = (a * second + b) * third;
      swapped.set(values.subarray(from, from + third), (b * first + a) * third);
    }
  }
  return { shape: [second, first, third], values: swapped };
}
