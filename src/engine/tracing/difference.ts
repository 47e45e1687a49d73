import { fail } from '../../protocol/failures';
import { weightsMoved } from '../../protocol/pairedWeights';
import type { PairedPositions } from '../../protocol/pairedWeights';
import type { NumberBlock, RunDifference } from '../../protocol/runs';
import { softmax } from '../sampling/softmax';
import type { Pace } from '../work';
import type { Traced } from './activation';
import { finalState } from './activation';
import { hiddenStates, sumOf } from './hiddenStates';
import { forEachLogitRow } from './logitRows';
import { pairedPositions } from './pairedPositions';
import type { Run } from './runs';

export interface Pair {
  readonly before: Run;
  readonly after: Run;
  /** Which positions belong together, as `EngineApi.difference` takes them. */
  readonly pairs?: readonly number[] | undefined;
}

interface Compared extends Pair {
  readonly positions: PairedPositions;
}

/**
 * What changed from one run to another: weights of attention, hidden states, predictions. Both runs are read through, one
 * activation at a time. Throws `setting-invalid` when they are not of one length and nothing says what belongs together.
 */
export async function difference(traced: Traced, pair: Pair, pace: Pace): Promise<RunDifference> {
  const [before, after] = [pair.before.ids.length, pair.after.ids.length];
  if (pair.pairs === undefined && before !== after) {
    throw fail('setting-invalid', { name: 'from', value: String(before), allowed: String(after) });
  }
  const compared = { ...pair, positions: pairedPositions(pair.pairs, before, after) };
  return {
    heads: await headDifferences(traced, compared, pace),
    states: await stateDifferences(traced, compared, pace),
    divergenceBits: await divergences(traced, compared, pace),
  };
}

async function headDifferences(traced: Traced, pair: Compared, pace: Pace): Promise<Float32Array> {
  const { layers, heads } = traced.decoder.config;
  const [rows, columns] = [pair.before.ids.length, pair.after.ids.length];
  const result = new Float32Array(layers * heads);
  for (let block = 0; block < layers; block++) {
    const name = `blocks.${block}.attn.pattern`;
    const before = await traced.runs.activation(pair.before, name, pace);
    const after = await traced.runs.activation(pair.after, name, pace);
    for (let head = 0; head < heads; head++) {
      const of = {
        before: before.values.subarray(head * rows ** 2, (head + 1) * rows ** 2),
        after: after.values.subarray(head * columns ** 2, (head + 1) * columns ** 2),
      };
      result[block * heads + head] = weightsMoved(of, pair.positions);
      await pace.pause();
    }
  }
  return result;
}

async function stateDifferences(traced: Traced, pair: Compared, pace: Pace): Promise<Float32Array> {
  const { width, layers } = traced.decoder.config;
  const { count, before: from, after: to } = pair.positions;
  const result = new Float32Array((layers + 1) * count);
  for (const [layer, names] of hiddenStates(traced.decoder.config).entries()) {
    const before = await stateOf(traced, { run: pair.before, names }, pace);
    const after = await stateOf(traced, { run: pair.after, names }, pace);
    for (let index = 0; index < count; index++) {
      const [here, there] = [from[index] * width, to[index] * width];
      let [moved, size] = [0, 0];
      for (let channel = 0; channel < width; channel++) {
        moved += (after[there + channel] - before[here + channel]) ** 2;
        size += before[here + channel] ** 2;
      }
      result[layer * count + index] = Math.sqrt(moved / size);
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
async function divergences(traced: Traced, pair: Compared, pace: Pace): Promise<Float32Array> {
  const { width } = traced.decoder.config;
  const { count, before: from, after: to } = pair.positions;
  const before = await finalState(traced, pair.before, pace);
  const after = await finalState(traced, pair.after, pace);
  const result = new Float32Array(count);
  // The states of a pair side by side, so that only one row of logits needs to be kept.
  const values = new Float32Array(2 * count * width);
  for (let index = 0; index < count; index++) {
    const [here, there] = [from[index] * width, to[index] * width];
    values.set(before.subarray(here, here + width), 2 * index * width);
    values.set(after.subarray(there, there + width), (2 * index + 1) * width);
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
