// The devices that train, each with the accuracy it owes.
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';

export interface TrainingDeviceCase {
  readonly name: string;
  readonly create: () => TrainingDevice;
  /** Distance of gradients and of weights after three steps from the oracle, as shares of the largest value. */
  readonly gradients: number;
  readonly weights: number;
}

export const trainingDevices: readonly TrainingDeviceCase[] = [
  // Half a unit of the float32 in which the oracle is stored is 6e-8 of a value, and of the weights it starts from.
  {
    name: 'reference',
    create: () => new ReferenceTrainingDevice(),
    gradients: 1e-6,
    weights: 1e-6,
  },
];
