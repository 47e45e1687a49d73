import type { ModelConfig } from '../../protocol/modelConfig';
import type { DeviceArray, View } from '../devices/device';
import type { TrainingDevice } from '../devices/trainingDevice';
import type { Scratch } from '../model/scratch';
import { fusedWidth } from '../model/shapes';
import type { Dropout } from './dropout';
import type { TrainedWeights } from './trainedWeights';

/**
 * What the layers of a model in training share. Each layer is made once, for a batch of a fixed size, with the array that
 * it reads; it owns what it writes, and keeps it from the way forward for the way back.
 */
export interface TrainingSpace {
  readonly device: TrainingDevice;
  readonly config: ModelConfig;
  readonly weights: TrainedWeights;
  /** Sequences in a batch, B. */
  readonly batch: number;
  /** Positions of each, T. */
  readonly length: number;
  /** B·T. */
  readonly rows: number;
  readonly memory: Scratch;
  readonly gradients: PassingGradients;
  readonly dropout: Dropout;
}

/** Gradients of activations, which are needed for a moment only: every block uses the same. */
interface PassingGradients {
  /** Of the hidden state, [rows, C]. */
  readonly residual: DeviceArray;
  /** Of what a layer reads, [rows, C]. */
  readonly input: DeviceArray;
  /** [rows, (H + 2·Hkv)·D] */
  readonly fused: DeviceArray;
  /** [rows, H·D] */
  readonly mixed: DeviceArray;
  /** [rows, F] */
  readonly hidden: DeviceArray;
  /** [rows, F] in a gated network. */
  readonly gate: DeviceArray;
}

export function allocateGradients(
  memory: Scratch,
  config: ModelConfig,
  rows: number,
): PassingGradients {
  const gated = config.activation === 'silu_gated' ? rows : 0;
  return {
    residual: memory.allocate(rows * config.width),
    input: memory.allocate(rows * config.width),
    fused: memory.allocate(rows * fusedWidth(config)),
    mixed: memory.allocate(rows * config.heads * config.headSize),
    hidden: memory.allocate(rows * config.hidden),
    gate: memory.allocate(gated * config.hidden),
  };
}

/** The rows of an array one after another. */
export function dense(array: DeviceArray, columns: number, firstRow = 0): View {
  return { array, offset: firstRow * columns, stride: columns };
}
