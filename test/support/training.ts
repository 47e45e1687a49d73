// Models in training, with weights from a test.
import type { Values } from '../../src/engine/devices/device';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import { TrainedWeights } from '../../src/engine/training/trainedWeights';
import type { Batch } from '../../src/engine/training/trainingModel';
import { TrainingModel } from '../../src/engine/training/trainingModel';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { breathe } from './models';
import type { Tensor } from './safetensors';
import { weightsOf } from './safetensors';

export interface Training {
  readonly device: TrainingDevice;
  readonly model: TrainingModel;
  readonly weights: TrainedWeights;
}

/** A model that takes batches of the size of `batch`. */
export async function prepareTraining(
  device: TrainingDevice,
  config: ModelConfig,
  from: { readonly weights: ReadonlyMap<string, Tensor>; readonly sequences: number; batch: Batch },
): Promise<Training> {
  const options = { weights: weightsOf(from.weights), breathe };
  const weights = await TrainedWeights.load({ device, config }, options);
  const size = { batch: from.sequences, length: from.batch.ids.length / from.sequences };
  return { device, weights, model: await TrainingModel.create({ device, config }, weights, size) };
}

export function clearGradients({ device, weights }: Training): void {
  for (const { gradient } of weights.all) device.clear(gradient);
}

/** Values or gradients by name. */
export async function readAll(
  { device, weights }: Training,
  part: 'value' | 'gradient',
): Promise<ReadonlyMap<string, Values>> {
  const read = weights.all.map(
    async (weight) => [weight.name, await device.read(weight[part])] as const,
  );
  return new Map(await Promise.all(read));
}
