// One pass of a model of any config on a fresh device, and weights changed for a purpose.
import assert from 'node:assert/strict';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { DeviceCase } from './devices';
import type { Trace } from './models';
import { loadModel, randomWeights, smallConfig, traceModel } from './models';
import { seeded, wholes } from './random';
import type { Tensor } from './safetensors';

/** What is run when nothing else is asked for. */
export const variantIds = wholes(seeded(2), 8, smallConfig.vocabulary);

interface RunOptions {
  readonly weights?: ReadonlyMap<string, Tensor>;
  readonly ids?: Int32Array;
}

/** Everything one pass of `variantIds` makes. */
export async function runVariant(
  { create }: DeviceCase,
  config: ModelConfig,
  options: RunOptions = {},
): Promise<Trace> {
  const device = create();
  const decoder = await loadModel(device, config, options.weights ?? randomWeights(config));
  const trace = await traceModel(decoder, options.ids ?? variantIds);
  device.dispose();
  return trace;
}

/** Sets every value of one weight. */
export function fill(weights: Map<string, Tensor>, name: string, value: number): void {
  const { shape, values } = tensorOf(weights, name);
  weights.set(name, { shape, values: new Float32Array(values.length).fill(value) });
}

export function tensorOf(weights: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = weights.get(name);
  assert.ok(tensor !== undefined, name);
  return tensor;
}
