/** How the activations inside attention follow from others. */
import type { ModelConfig } from '../../protocol/modelConfig';
import { configMask } from '../model/pass';
import { biasOf, placeOf, plain, type Cell } from './cell';
import { productSum, type Recomputed } from './referenceBench';

/** One channel of a query, key or value, from what attention reads; rotated where positions are. */
export async function fusedProjection(cell: Cell, part: 'q' | 'k' | 'v'): Promise<Recomputed> {
  const { operands, bench, config, block } = cell;
  const [position, head, channel] = cell.index;
  const read = config.normPlace === 'pre' ? 'ln1.normalized' : 'resid_pre';
  const left = await operands.activation(`blocks.${block}.${read}`, [position, undefined]);
  const name = `h.${block}.attn.c_attn`;
  const first = firstColumn(config, part) + head * config.headSize;
  if (part === 'v' || config.position !== 'rotary') {
    const column = first + channel;
    const right = await operands.columns(`${name}.weight`, column, column + 1);
    return bench.dot({ left, right, bias: await biasOf(operands, name, column) });
  }
  return plain(await rotated(cell, { left, name, first }));
}

/** Of a rotated head all channels are needed: each turns together with another. */
async function rotated(
  { operands, bench, config, run, index: [token, , channel] }: Cell,
  from: { readonly left: Float32Array; readonly name: string; readonly first: number },
): Promise<number> {
  const { headSize, rotaryBase: base } = config;
  const { left, name, first } = from;
  const end = first + headSize;
  const weights = await operands.columns(`${name}.weight`, first, end);
  const hasBias = operands.has(`${name}.bias`);
  const bias = hasBias ? await operands.vector(`${name}.bias`, [first, end]) : undefined;
  const out = bench.device.allocate(headSize);
  const weight = await bench.matrix(weights, left.length);
  bench.device.linear({
    x: bench.array(left),
    weight,
    bias: bias && bench.array(bias),
    out,
    rows: 1,
  });
  const x = { array: out, offset: 0, stride: headSize };
  const start = placeOf(run, token);
  // A token that stands nowhere is not turned.
  if (start >= 0) bench.device.rotary({ x, rows: 1, heads: 1, headSize, start, base });
  return bench.first(out, channel);
}

/** q · k ÷ √D. */
export async function score({ operands, bench, config, block, index }: Cell): Promise<Recomputed> {
  const [head, query, key] = index;
  const { headSize } = config;
  const of = (part: string): string => `blocks.${block}.attn.${part}`;
  const left = await operands.activation(of('q'), [query, head, undefined]);
  const right = await operands.activation(of('k'), [key, keyHead(config, head), undefined]);
  const view = (values: Float32Array) => {
    return { array: bench.array(values), offset: 0, stride: headSize };
  };
  const out = bench.device.allocate(1);
  const shape = { heads: 1, keyHeads: 1, headSize, queries: 1, keys: 1 };
  const scale = 1 / Math.sqrt(headSize);
  bench.device.attentionScores({ queries: view(left), keys: view(right), out, shape, scale });
  const products = productSum(left, right, { bias: 0, factor: scale });
  return { value: await bench.first(out), products };
}

/** Softmax over the scores of the keys that the query may see. */
export async function patternWeight(cell: Cell): Promise<Recomputed> {
  const { operands, bench, config, run, block } = cell;
  const [head, query, key] = cell.index;
  const row = await operands.activation(`blocks.${block}.attn.scores`, [head, query, undefined]);
  const keys = row.length;
  const scores = bench.array(row);
  const out = bench.device.allocate(keys);
  const shape = { heads: 1, keyHeads: 1, headSize: 1, queries: 1, keys };
  const all = run.mask ?? configMask(config, keys, 0);
  const mask = all?.subarray(query * keys, (query + 1) * keys);
  bench.device.attentionPattern({ scores, out, shape, past: query, mask });
  return plain(await bench.first(out, key));
}

/** Σ over the keys of weight times value. */
export async function mixedValue(cell: Cell): Promise<Recomputed> {
  const { operands, bench, config, block } = cell;
  const [position, head, channel] = cell.index;
  const of = (part: string): string => `blocks.${block}.attn.${part}`;
  const left = await operands.activation(of('pattern'), [head, position, undefined]);
  const values = [undefined, keyHead(config, head), channel];
  const right = await operands.activation(of('v'), values);
  return bench.dot({ left, right });
}

/** One head's share of the output projection, without bias. */
export async function headResult(cell: Cell): Promise<Recomputed> {
  const { operands, bench, config, block } = cell;
  const [position, head, channel] = cell.index;
  const { headSize } = config;
  const left = await operands.activation(`blocks.${block}.attn.z`, [position, head, undefined]);
  const name = `h.${block}.attn.c_proj.weight`;
  const column = await operands.columns(name, channel, channel + 1);
  return bench.dot({ left, right: column.subarray(head * headSize, (head + 1) * headSize) });
}

/** All heads side by side times W_O, and the bias. */
export async function headOutput(cell: Cell): Promise<Recomputed> {
  const { operands, bench, block } = cell;
  const [position, channel] = cell.index;
  const z = [position, undefined, undefined];
  const left = await operands.activation(`blocks.${block}.attn.z`, z);
  const name = `h.${block}.attn.c_proj`;
  const right = await operands.columns(`${name}.weight`, channel, channel + 1);
  return bench.dot({ left, right, bias: await biasOf(operands, name, channel) });
}

/** Where the queries, keys or values begin in the fused projection. */
function firstColumn(
  { heads, keyValueHeads, headSize }: ModelConfig,
  part: 'q' | 'k' | 'v',
): number {
  return { q: 0, k: heads, v: heads + keyValueHeads }[part] * headSize;
}

/** The head of keys and values that a query head reads; neighbours share one. */
function keyHead({ heads, keyValueHeads }: ModelConfig, head: number): number {
  return Math.floor((head * keyValueHeads) / heads);
}
