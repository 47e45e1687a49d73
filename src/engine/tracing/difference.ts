import { fail } from '../../protocol/failures';
import type { NumberBlock, RunDifference } from '../../protocol/runs';
import { softmax } from '../sampling/softmax';
import type { Pace } from '../work';
import type { Traced } from './activation';
import { finalState } from './activation';
import { hiddenStates, sumOf } from './hiddenStates';
import { forEachLogitRow } from './logitRows';
import type { Run } from './runs';

export interface Pair {
  readonly before: Run;
  readonly after: Run;
}

/**
 * What an edit moved: weights of attention, hidden states, predictions. Both runs are read through, one activation at a
 * time. Throws `setting-invalid` when they are not of one length.
 */
export async function difference(traced: Traced, pair: Pair, pace: Pace): Promise<RunDifference> {
  const { before, after } = pair;
  const tokens = after.ids.length;
  if (before.ids.length !== tokens) {
    const value = String(before.ids.length);
    throw fail('setting-invalid', { name: 'from', value, allowed: String(tokens) });
  }
  return {
    heads: await headDifferences(traced, pair, pace),
    states: await stateDifferences(traced, pair, pace),
    divergenceBits: await divergences(traced, pair, pace),
  };
}

async function headDifferences(traced: Traced, pair: Pair, pace: Pace): Promise<Float32Array> {
  const { layers, heads } = traced.decoder.config;
  const result = new Float32Array(layers * heads);
  for (let block = 0; block < layers; block++) {
    const name = `blocks.${block}.attn.pattern`;
    const before = await traced.runs.activation(pair.before, name, pace);
    const after = await traced.runs.activation(pair.after, name, pace);
    const size = pair.after.ids.length ** 2;
    for (let head = 0; head < heads; head++) {
      let sum = 0;
      for (let cell = head * size; cell < (head + 1) * size; cell++) {
        sum += Math.abs(after.values[cell] - before.values[cell]);
      }
      result[block * heads + head] = sum / 2 / pair.after.ids.length;
      await pace.pause();
    }
  }
  return result;
}

async function stateDifferences(traced: Traced, pair: Pair, pace: Pace): Promise<Float32Array> {
  const { width, layers } = traced.decoder.config;
  const tokens = pair.after.ids.length;
  const result = new Float32Array((layers + 1) * tokens);
  for (const [layer, names] of hiddenStates(traced.decoder.config).entries()) {
    const before = await stateOf(traced, { run: pair.before, names }, pace);
    const after = await stateOf(traced, { run: pair.after, names }, pace);
    for (let token = 0; token < tokens; token++) {
      let [moved, size] = [0, 0];
      for (let cell = token * width; cell < (token + 1) * width; cell++) {
        moved += (after[cell] - before[cell]) ** 2;
        size += before[cell] ** 2;
      }
      result[layer * tokens + token] = Math.sqrt(moved / size);
    }
    await pace.pause();
  }
  return result;
}

async function stateOf(
  traced: Traced,
  { run, names }: { readonly run: Run; readonly names: readonly string[] },
  pace: Pace,
): Promise<Float32Array> {
  const parts: NumberBlock[] = [];
  for (const name of names) parts.push(await traced.runs.activation(run, name, pace));
  return sumOf(parts);
}

/** KL(before ‖ after) of the predictions after each position: Σ p·log₂(p ÷ q), in float64 over the whole vocabulary. */
async function divergences(traced: Traced, pair: Pair, pace: Pace): Promise<Float32Array> {
  const { width } = traced.decoder.config;
  const tokens = pair.after.ids.length;
  const before = await finalState(traced, pair.before, pace);
  const after = await finalState(traced, pair.after, pace);
  const result = new Float32Array(tokens);
  // The states of a token side by side, so that only one row of logits needs to be kept.
  const values = new Float32Array(2 * tokens * width);
  for (let token = 0; token < tokens; token++) {
    const row = [token * width, (token + 1) * width] as const;
    values.set(before.subarray(...row), 2 * token * width);
    values.set(after.subarray(...row), (2 * token + 1) * width);
  }
  let kept: Float64Array = new Float64Array();
  await forEachLogitRow(traced.decoder, { values, pace }, (row, logits) => {
    const now = logProbabilities(logits);
    if (row % 2 === 0) kept = now;
    else result[(row - 1) / 2] = divergenceBits(kept, now);
  });
  return result;
}

function divergenceBits(p: Float64Array, q: Float64Array): number {
  let nats = 0;
  for (const [id, logP] of p.entries()) {
    const share = Math.exp(logP);
    if (share > 0) nats += share * (logP - q[id]);
  }
  // Two equal distributions differ by rounding alone, which may be below zero.
  return Math.max(0, nats) / Math.LN2;
}

function logProbabilities(logits: ArrayLike<number>): Float64Array {
  const { sum, max } = softmax(logits, 1);
  const shift = max + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - shift);
}
