import type { WeightFormat } from '../../protocol/devices';
import type { ModelConfig } from '../../protocol/modelConfig';
import { expectedShapes } from './shapes';

/** What a model of a config takes, known before any weight is read. */
export interface ModelSize {
  /** Number of weights; a tied unembedding counts once. */
  readonly parameters: number;
  /** Bytes of the weights on a float32 device that keeps matrices in the format that was asked for. */
  readonly weightBytes: number;
  /** Bytes of one key/value cache at full context on a float32 device. */
  readonly cacheBytes: number;
}

export function modelSize(config: ModelConfig, format: WeightFormat = 'f32'): ModelSize {
  const parameters = countParameters(config);
  const cached = 2 * config.layers * config.context * config.keyValueHeads * config.headSize;
  const weightBytes = [...expectedShapes(config)].reduce((sum, [name, shape]) => {
    return sum + (shape.length === 2 ? matrixBytes(name, shape, format) : byteCount(shape));
  }, 0);
  return { parameters, weightBytes, cacheBytes: cached * float32Bytes };
}

/** Vectors stay in float32; int8 has a scale in float32 for each output. */
function matrixBytes(name: string, shape: readonly number[], format: WeightFormat): number {
  const isTable = name === 'wte.weight' || name === 'wpe.weight' || name === 'lm_head.weight';
  const outputs = shape[isTable ? 0 : 1];
  switch (format) {
    case 'f32':
      return byteCount(shape);
    case 'f16':
      return byteCount(shape) / 2;
    case 'int8':
      return byteCount(shape) / 4 + outputs * float32Bytes;
  }
}

function byteCount(shape: readonly number[]): number {
  return elementCount(shape) * float32Bytes;
}

/** Number of weights; a tied unembedding counts once. */
export function countParameters(config: ModelConfig): number {
  let count = 0;
  for (const shape of expectedShapes(config).values()) count += elementCount(shape);
  return count;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

const float32Bytes = Float32Array.BYTES_PER_ELEMENT;
