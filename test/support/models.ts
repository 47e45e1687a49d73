// Small models of any config with weights from a seed, and a short way to run them.
import { Decoder } from '../../src/engine/model/decoder';
import type { ForwardOptions } from '../../src/engine/model/decoder';
import { elementCount } from '../../src/engine/model/parameters';
import { expectedShapes } from '../../src/engine/model/shapes';
import { MemoryRecorder } from '../../src/engine/tracing/memoryRecorder';
import type { Device } from '../../src/engine/devices/device';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { seeded, spread } from './random';
import type { Tensor } from './safetensors';
import { weightsOf } from './safetensors';

/** GPT-2's architecture, a few channels wide. */
export const smallConfig: ModelConfig = {
  layers: 2,
  heads: 4,
  keyValueHeads: 4,
  headSize: 4,
  width: 12,
  hidden: 20,
  vocabulary: 23,
  context: 16,
  norm: 'layer',
  normPlace: 'pre',
  normEpsilon: 1e-5,
  position: 'learned',
  rotaryBase: 10_000,
  activation: 'gelu_new',
  biases: true,
  tied: true,
  endId: undefined,
};

/** Weights in [−1, 1), so that no part of the model is too quiet to be noticed when it is wrong. */
export function randomWeights(config: ModelConfig, seed = 1): Map<string, Tensor> {
  const random = seeded(seed);
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of expectedShapes(config)) {
    weights.set(name, { shape, values: spread(random, elementCount(shape)) });
  }
  return weights;
}

export function loadModel(
  device: Device,
  config: ModelConfig,
  weights: ReadonlyMap<string, Tensor> = randomWeights(config),
): Promise<Decoder> {
  return Decoder.load({ device, config, weights: weightsOf(weights), breathe });
}

/** What one pass made. */
export interface Trace {
  /** [T, V] */
  readonly logits: ArrayLike<number>;
  readonly names: readonly string[];
  /** Values of one activation; throws when it was not recorded. */
  values(name: string): ArrayLike<number>;
  shape(name: string): readonly number[];
}

export async function traceModel(
  decoder: Decoder,
  ids: readonly number[] | Int32Array,
  options: Pick<ForwardOptions, 'cache' | 'mask'> = {},
): Promise<Trace> {
  const recorder = new MemoryRecorder(decoder.device, { keep: ['*'], limitBytes: 1e9 });
  const logits = await decoder.forward({
    ...options,
    ids: Int32Array.from(ids),
    recorder,
    logits: 'all',
    breathe,
  });
  const found = (name: string): NonNullable<ReturnType<MemoryRecorder['get']>> => {
    const recorded = recorder.get(name);
    if (recorded === undefined) throw new Error(`${name} was not recorded.`);
    return recorded;
  };
  return {
    logits,
    names: recorder.names,
    values: (name) => found(name).values,
    shape: (name) => found(name).shape,
  };
}

export function breathe(): Promise<void> {
  return Promise.resolve();
}

/** Rows [from, to) of values that have `width` in a row. */
export function rowsOf(
  values: ArrayLike<number>,
  width: number,
  range: readonly [from: number, to: number],
): number[] {
  return Array.from(values).slice(range[0] * width, range[1] * width);
}
