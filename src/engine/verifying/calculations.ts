import type { ActivationPattern } from '../../protocol/activations';
import type { DeviceArray } from '../devices/device';
import { sinusoid } from '../model/positions';
import { hasFeedForward, hasFinalNorm } from '../model/shapes';
import { embeddingNames, finalStateNames } from '../tracing/hiddenStates';
import {
  fusedProjection,
  headOutput,
  headResult,
  mixedValue,
  patternWeight,
  score,
} from './attentionCalculations';
import { biasOf, placeOf, plain, type Cell } from './cell';
import type { Recomputed } from './referenceBench';

type Calculation = (cell: Cell) => Promise<Recomputed>;

/** How each activation follows from others, in the order of the forward pass. The compiler misses none. */
export const calculations: Readonly<Record<ActivationPattern, Calculation>> = {
  embed: async ({ operands, run, index: [position, channel] }) => {
    const row = await operands.row('wte.weight', run.ids[position]);
    return plain(row[channel]);
  },
  pos_embed: async ({ operands, config, run, index: [token, channel] }) => {
    const position = placeOf(run, token);
    // A token that stands nowhere is given no position.
    if (position < 0) return plain(0);
    if (config.position === 'sinusoidal') return plain(sinusoid(position, channel, config.width));
    const row = await operands.row('wpe.weight', position);
    return plain(row[channel]);
  },
  'blocks.*.resid_pre': (cell) => {
    const { block, config } = cell;
    return sum(cell, block === 0 ? embeddingNames(config) : [`blocks.${block - 1}.resid_post`]);
  },
  'blocks.*.ln1.normalized': (cell) => layerNorm(cell, 'ln_1', ['resid_pre', 'attn_out']),
  'blocks.*.attn.q': (cell) => fusedProjection(cell, 'q'),
  'blocks.*.attn.k': (cell) => fusedProjection(cell, 'k'),
  'blocks.*.attn.v': (cell) => fusedProjection(cell, 'v'),
  'blocks.*.attn.scores': score,
  'blocks.*.attn.pattern': patternWeight,
  'blocks.*.attn.z': mixedValue,
  'blocks.*.attn.result': headResult,
  'blocks.*.attn_out': headOutput,
  'blocks.*.resid_mid': (cell) => afterLayer(cell, ['resid_pre', 'attn_out'], 'ln1.normalized'),
  'blocks.*.ln2.normalized': (cell) => layerNorm(cell, 'ln_2', ['resid_mid', 'mlp_out']),
  'blocks.*.mlp.pre': (cell) => {
    const gated = cell.config.activation === 'silu_gated';
    return hiddenUnit(cell, gated ? 'mlp.c_gate' : 'mlp.c_fc');
  },
  'blocks.*.mlp.post': neuron,
  'blocks.*.mlp_out': async ({ operands, bench, block, index: [position, channel] }) => {
    const name = `h.${block}.mlp.c_proj`;
    const left = await operands.activation(`blocks.${block}.mlp.post`, [position, undefined]);
    const right = await operands.columns(`${name}.weight`, channel, channel + 1);
    return bench.dot({ left, right, bias: await biasOf(operands, name, channel) });
  },
  'blocks.*.resid_post': (cell) =>
    hasFeedForward(cell.config)
      ? afterLayer(cell, ['resid_mid', 'mlp_out'], 'ln2.normalized')
      : sum(cell, [`blocks.${cell.block}.resid_mid`]),
  'ln_final.normalized': async (cell) => {
    const names = finalStateNames(cell.config);
    if (!hasFinalNorm(cell.config)) return sum(cell, names);
    return plain(await normalized(cell, { names, norm: 'ln_f' }));
  },
  logits: async ({ operands, bench, config, index: [position, id] }) => {
    const left = await operands.activation('ln_final.normalized', [position, undefined]);
    const right = await operands.row(config.tied ? 'wte.weight' : 'lm_head.weight', id);
    return bench.dot({ left, right });
  },
};

/** The same cell of one activation or several, added. */
async function sum({ operands, index }: Cell, names: readonly string[]): Promise<Recomputed> {
  let total = 0;
  for (const name of names) total += await operands.number(name, index);
  return plain(total);
}

/** The hidden state behind a layer: the sum, or with norms after the sums what the norm made of it. */
function afterLayer(
  cell: Cell,
  [state, added]: readonly [string, string],
  norm: string,
): Promise<Recomputed> {
  const names = cell.config.normPlace === 'pre' ? [state, added] : [norm];
  return sum(
    cell,
    names.map((name) => `blocks.${cell.block}.${name}`),
  );
}

/** A norm before a layer reads the hidden state; one after it reads the state with what the layer added. */
async function layerNorm(
  cell: Cell,
  norm: 'ln_1' | 'ln_2',
  [state, added]: readonly [string, string],
): Promise<Recomputed> {
  const { block, config } = cell;
  const read = config.normPlace === 'pre' ? [state] : [state, added];
  const names = read.map((name) => `blocks.${block}.${name}`);
  if (config.norm === 'none') return sum(cell, names);
  return plain(await normalized(cell, { names, norm: `h.${block}.${norm}` }));
}

/** One channel of the norm of the sum of activations at a position. */
async function normalized(
  { operands, bench, config, index: [position, channel] }: Cell,
  of: { readonly names: readonly string[]; readonly norm: string },
): Promise<number> {
  if (config.norm === 'none') throw new Error('A model without norms has none to compute.');
  const { device } = bench;
  const { width: columns, norm: kind, normEpsilon: epsilon } = config;
  const x = device.allocate(columns);
  for (const name of of.names) {
    const row = bench.array(await operands.activation(name, [position, undefined]));
    device.add({ a: x, b: row, out: x, length: columns });
  }
  const weight = bench.array(await operands.vector(`${of.norm}.weight`));
  let bias: DeviceArray | undefined;
  if (kind === 'layer') bias = bench.array(await operands.vector(`${of.norm}.bias`));
  const out = device.allocate(columns);
  device.norm({ kind, x, weight, bias, out, rows: 1, columns, epsilon });
  return bench.first(out, channel);
}

/** x·W + b of one hidden unit, x being what the feed-forward network reads. */
async function hiddenUnit(cell: Cell, layer: string): Promise<Recomputed> {
  const { operands, bench, config, block } = cell;
  const [position, unit] = cell.index;
  const read = config.normPlace === 'pre' ? 'ln2.normalized' : 'resid_mid';
  const left = await operands.activation(`blocks.${block}.${read}`, [position, undefined]);
  const name = `h.${block}.${layer}`;
  const right = await operands.columns(`${name}.weight`, unit, unit + 1);
  return bench.dot({ left, right, bias: await biasOf(operands, name, unit) });
}

/** f(pre), in a gated network times the other half. */
async function neuron(cell: Cell): Promise<Recomputed> {
  const { operands, bench, config, block, index } = cell;
  const pre = await operands.activation(`blocks.${block}.mlp.pre`, index);
  const x = bench.array(pre);
  bench.device.activation({ kind: config.activation, x, out: x, length: 1 });
  const factor = await bench.first(x);
  if (config.activation !== 'silu_gated') return plain(factor);
  const { value, products } = await hiddenUnit(cell, 'mlp.c_fc');
  return { value: factor * value, products: products && { ...products, factor } };
}
