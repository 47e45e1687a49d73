import type { AttentionShape, DeviceArray, View } from '../devices/device';
import { linearInParts } from './longProducts';
import type { BlockWeights, LinearWeights } from './modelWeights';
import type { Pass } from './pass';
import { record } from './pass';
import { Scratch } from './scratch';
import { fusedWidth } from './shapes';

/**
 * Multi-head attention over the positions held by the cache and the new ones (Vaswani et al. 2017, section 3.2):
 * Q, K, V from one fused product, scores QKᵀ/√D, mask, softmax, weighted sum of V, output projection into `update`.
 *
 * With rotary positions `attn.q` and `attn.k` are recorded after the rotation, as the scores read them.
 */
export async function attend(
  pass: Pass,
  weights: BlockWeights,
  at: { readonly index: number; readonly input: DeviceArray },
): Promise<void> {
  const { rows } = pass;
  const { fused, mixed, update } = pass.arrays;
  await linearInParts(pass, { x: at.input, ...weights.fused, out: fused, rows });
  const parts = splitFused(pass);
  if (pass.config.position === 'rotary') rotate(pass, parts);
  await recordParts(pass, parts, at.index);

  await pass.pause();
  const source = cached(pass, parts, at.index);
  await mix(pass, { ...source, queries: parts.queries }, at.index);
  const { heads, headSize } = pass.config;
  await record(pass, `blocks.${at.index}.attn.z`, { shape: [rows, heads, headSize], array: mixed });
  await pass.pause();
  await recordResult(pass, weights.attentionOut, at.index);
  await linearInParts(pass, { x: mixed, ...weights.attentionOut, out: update, rows });
}

interface Parts {
  readonly queries: View;
  readonly keys: View;
  readonly values: View;
}

/** Queries [T, H·D], keys and values [T, Hkv·D] as they lie side by side in the fused product. */
function splitFused(pass: Pass): Parts {
  const { heads, keyValueHeads, headSize } = pass.config;
  const stride = fusedWidth(pass.config);
  const part = (offset: number): View => ({ array: pass.arrays.fused, offset, stride });
  return {
    queries: part(0),
    keys: part(heads * headSize),
    values: part((heads + keyValueHeads) * headSize),
  };
}

function rotate(pass: Pass, parts: Parts): void {
  const { device, rows, past, positions } = pass;
  const { heads, keyValueHeads, headSize, rotaryBase } = pass.config;
  const turn = (part: View, count: number): void => {
    const common = { heads: count, headSize, base: rotaryBase };
    if (positions === undefined) device.rotary({ x: part, rows, start: past, ...common });
    else
      for (const [row, start] of positions.entries()) {
        const x = { ...part, offset: part.offset + row * part.stride };
        // A token that stands nowhere is not turned.
        if (start >= 0) device.rotary({ x, rows: 1, start, ...common });
      }
  };
  turn(parts.queries, heads);
  turn(parts.keys, keyValueHeads);
}

async function recordParts(pass: Pass, parts: Parts, index: number): Promise<void> {
  const { heads, keyValueHeads, headSize } = pass.config;
  const shape = (count: number): number[] => [pass.rows, count, headSize];
  const attention = `blocks.${index}.attn`;
  await record(pass, `${attention}.q`, { shape: shape(heads), ...parts.queries });
  await record(pass, `${attention}.k`, { shape: shape(keyValueHeads), ...parts.keys });
  await record(pass, `${attention}.v`, { shape: shape(keyValueHeads), ...parts.values });
}

/** Keys and values of all positions that may be attended to: [past + T, Hkv·D]. */
function cached(pass: Pass, parts: Parts, index: number): Pick<Parts, 'keys' | 'values'> {
  if (pass.cache === undefined) return parts;
  pass.cache.append(index, { keys: parts.keys, values: parts.values, count: pass.rows });
  return { keys: pass.cache.keys(index), values: pass.cache.values(index) };
}

/** Scores, pattern and weighted sum into `mixed`; all queries at once where the whole matrix is wanted or small. */
async function mix(pass: Pass, parts: Parts, index: number): Promise<void> {
  const scratch = new Scratch(pass.device);
  try {
    const size = pass.config.heads * (pass.past + pass.rows);
    if (size * pass.rows <= tileCells || wantsMatrix(pass, index)) {
      await mixWhole(pass, parts, { index, scratch });
    } else {
      await mixTiled(pass, parts, { rows: Math.max(1, Math.floor(tileCells / size)), scratch });
    }
  } finally {
    scratch.free();
  }
}

/** Scores of a tile: 4 MiB in float32. Whole, those of GPT-2's 1,024 positions would take 50 MiB, and the pattern too. */
const tileCells = 1 << 20;

function wantsMatrix(pass: Pass, index: number): boolean {
  const wants = (name: string): boolean =>
    pass.recorder?.wants(`blocks.${index}.attn.${name}`) === true;
  return wants('scores') || wants('pattern');
}

async function mixWhole(
  pass: Pass,
  parts: Parts,
  at: { readonly index: number; readonly scratch: Scratch },
): Promise<void> {
  const { device, rows, past, mask } = pass;
  const shape = attentionShape(pass, { queries: rows, keys: past + rows });
  const cells = [shape.heads, shape.queries, shape.keys];
  const scores = at.scratch.allocate(shape.heads * shape.queries * shape.keys);
  const pattern = at.scratch.allocate(scores.length);
  const { queries, keys, values } = parts;
  device.attentionScores({ queries, keys, out: scores, shape, scale: scaleOf(pass) });
  await record(pass, `blocks.${at.index}.attn.scores`, { shape: cells, array: scores });
  device.attentionPattern({ scores, out: pattern, shape, past, mask });
  await record(pass, `blocks.${at.index}.attn.pattern`, { shape: cells, array: pattern });
  device.attentionMix({ pattern, values, out: pass.arrays.mixed, shape });
}

/** The same, a few queries at a time; under the causal mask a tile reads no key behind its last query. */
async function mixTiled(
  pass: Pass,
  parts: Parts,
  tile: { readonly rows: number; readonly scratch: Scratch },
): Promise<void> {
  const { device, past, mask } = pass;
  const width = pass.config.heads * pass.config.headSize;
  const all = past + pass.rows;
  const scores = tile.scratch.allocate(pass.config.heads * tile.rows * all);
  const pattern = tile.scratch.allocate(scores.length);
  const out = tile.scratch.allocate(tile.rows * width);
  for (let from = 0; from < pass.rows; from += tile.rows) {
    const count = Math.min(tile.rows, pass.rows - from);
    const keys = mask === undefined ? past + from + count : all;
    const shape = attentionShape(pass, { queries: count, keys });
    const queries = {
      ...parts.queries,
      offset: parts.queries.offset + from * parts.queries.stride,
    };
    device.attentionScores({ queries, keys: parts.keys, out: scores, shape, scale: scaleOf(pass) });
    device.attentionPattern({
      scores,
      out: pattern,
      shape,
      past: past + from,
      mask: mask?.subarray(from * all, (from + count) * all),
    });
    device.attentionMix({ pattern, values: parts.values, out, shape });
    const source = { array: out, offset: 0, stride: width };
    const target = { array: pass.arrays.mixed, offset: from * width, stride: width };
    device.copyRows({ source, target, rows: count, columns: width });
    await pass.pause();
  }
}

/** Each head's own share of the output, [T, H, C]: as large as H hidden states, so only when wanted. */
async function recordResult(pass: Pass, out: LinearWeights, index: number): Promise<void> {
  const name = `blocks.${index}.attn.result`;
  if (pass.recorder?.wants(name) !== true) return;
  const { device, rows } = pass;
  const { heads, headSize, width } = pass.config;
  const array = device.allocate(rows * heads * width);
  try {
    const z = pass.arrays.mixed;
    device.linearPerHead({ z, weight: out.weight, out: array, rows, heads, headSize });
    await record(pass, name, { shape: [rows, heads, width], array });
  } finally {
    device.free(array);
  }
}

function attentionShape(pass: Pass, size: { queries: number; keys: number }): AttentionShape {
  const { heads, keyValueHeads, headSize } = pass.config;
  return { heads, keyHeads: keyValueHeads, headSize, ...size };
}

function scaleOf(pass: Pass): number {
  return 1 / Math.sqrt(pass.config.headSize);
}
