import type { ModelConfig } from '../../protocol/modelConfig';
import { expectedShapes } from './shapes';

/** What a model of a config takes, known before any weight is read. */
export interface ModelSize {
  /** Number of weights; a tied unembedding counts once. */
  readonly parameters: number;
  /** Bytes of the weights on a float32 device. */
  readonly weightBytes: number;
  /** Bytes of one key/value cache at full context on a float32 device. */
  readonly cacheBytes: number;
}

export function modelSize(config: ModelConfig): ModelSize {
  const parameters = countParameters(config);
  const cached = 2 * config.layers * config.context * config.keyValueHeads * config.headSize;
  return { parameters, weightBytes: parameters * float32Bytes, cacheBytes: cached * float32Bytes };
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
