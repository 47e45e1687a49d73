// A loaded model with all its analyses, without files around it, and plain ways to the numbers they must tell.
import assert from 'node:assert/strict';
import type { Device } from '../../src/engine/devices/device';
import type { Decoder } from '../../src/engine/model/decoder';
import type { WeightSource } from '../../src/engine/model/weights';
import { activation } from '../../src/engine/tracing/activation';
import { EmbeddingTable } from '../../src/engine/tracing/embeddingTable';
import { Runs } from '../../src/engine/tracing/runs';
import { Pace } from '../../src/engine/work';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { NumberBlock, RunInfo } from '../../src/protocol/runs';
import { deviceCases } from './devices';
import { breathe, loadModel, randomWeights } from './models';
import { weightsOf } from './safetensors';

/** A clock that stands still: nothing takes a breath. */
const stillHost = { now: () => 0, breathe };

/** Two ways in float64 with float32 on the way. */
export const rounded = { tolerance: 1e-6, what: 'value' };

export interface TracedModel {
  readonly decoder: Decoder;
  readonly weights: WeightSource;
  readonly runs: Runs;
  readonly table: EmbeddingTable;
  dispose(): void;
}

export async function openTraced(
  device: Device,
  config: ModelConfig,
  limitBytes = 1e9,
): Promise<TracedModel> {
  const weights = randomWeights(config);
  const decoder = await loadModel(device, config, weights);
  return tracedModel(decoder, weightsOf(weights, 100), limitBytes);
}

export function tracedModel(
  decoder: Decoder,
  weights: WeightSource,
  limitBytes: number,
): TracedModel {
  let count = 0;
  return {
    decoder,
    weights,
    runs: new Runs({ decoder, host: stillHost, limitBytes, nextId: () => ++count }),
    table: new EmbeddingTable(decoder),
    dispose: () => {
      decoder.device.dispose();
    },
  };
}

export function reference(): Device {
  const [first] = deviceCases;
  assert.ok(first !== undefined && first.name === 'reference');
  return first.create();
}

export function pace(): Pace {
  return new Pace(stillHost, undefined);
}

export async function ask(
  model: TracedModel,
  info: Pick<RunInfo, 'run'>,
  request: { readonly name: string; readonly index: readonly number[] },
): Promise<NumberBlock> {
  // Inside the promise, so that an unknown run rejects.
  await Promise.resolve();
  return activation(model, { run: model.runs.get(info.run), ...request }, pace());
}

export function order(values: ArrayLike<number>): number[] {
  const indices = Array.from({ length: values.length }, (_, index) => index);
  return indices.sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
}

export function statistics(row: ArrayLike<number>): {
  probabilities: number[];
  entropyBits: number;
} {
  const { probabilities } = distributionOf(row);
  const entropyBits = probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
  return { probabilities, entropyBits };
}

export function distributionOf(row: ArrayLike<number>): { probabilities: number[] } {
  const values = Array.from(row);
  const largest = Math.max(...values);
  const exponentials = values.map((value) => Math.exp(value - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return { probabilities: exponentials.map((value) => value / sum) };
}
