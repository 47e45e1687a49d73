// The devices that train, each with the accuracy it owes.
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import { createWasmTrainingDevice } from '../../src/engine/devices/wasm/wasmTrainingDevice';
import { runnableBuilds } from './wasmKernels';

export interface TrainingDeviceCase {
  readonly name: string;
  readonly create: () => TrainingDevice;
  /** Distance of gradients and of weights after three steps from the oracle, as shares of the largest value. */
  readonly gradients: number;
  readonly weights: number;
  /** How a run that was resumed compares with one that was not: a checkpoint is float32. */
  readonly resumed: 'bit for bit' | 'closely';
}

export const trainingDevices: readonly TrainingDeviceCase[] = [
  // Half a unit of the float32 in which the oracle is stored is 6e-8 of a value, and of the weights it starts from.
  {
    name: 'reference',
    resumed: 'closely',
    create: () => new ReferenceTrainingDevice(),
    gradients: 1e-6,
    weights: 1e-6,
  },
  // Float32 sums, in which small gradients are differences of large terms.
  ...runnableBuilds.map(({ name, kernels }) => ({
    name,
    resumed: 'bit for bit' as const,
    create: () => createWasmTrainingDevice(kernels),
    gradients: 1e-3,
    weights: 1e-4,
  })),
];
