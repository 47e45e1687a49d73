import { largestDifference } from '../devices/largestDifference';
import { ReferenceTrainingDevice } from '../devices/reference/referenceTrainingDevice';
import type { TrainingDevice } from '../devices/trainingDevice';
import type { ModelConfig } from '../../protocol/modelConfig';
import { Trainer, type TrainingPlan } from './trainer';

const steps = 3;
/** Gradients are sums of float32 products, and Adam divides by small roots: what is wrong is off by far more. */
const allowed = 1e-3;

/**
 * Trains a very small model on a device and in float64. Answers with the weight that differs; undefined when the device
 * can be relied on.
 */
export async function checkTraining(device: TrainingDevice): Promise<string | undefined> {
  const reference = new ReferenceTrainingDevice();
  const [actual, expected] = [await trained(device), await trained(reference)];
  reference.dispose();
  for (const [name, values] of expected) {
    const off = largestDifference(actual.get(name) ?? [], values);
    if (!(off <= allowed)) return `${name}: ${off}`;
  }
  return undefined;
}

async function trained(device: TrainingDevice): Promise<ReadonlyMap<string, ArrayLike<number>>> {
  const breathe = (): Promise<void> => Promise.resolve();
  const tokens = Uint16Array.from({ length: 64 }, (_, at) => (at * at) % config.vocabulary);
  const trainer = await Trainer.create({ device, plan }, [{ tokens, weight: 1 }], { breathe });
  try {
    for (let step = 0; step < steps; step++) await trainer.advance(breathe);
    const read = trainer.weights.map(
      async ({ name, value }) => [name, await device.read(value)] as const,
    );
    return new Map(await Promise.all(read));
  } finally {
    trainer.dispose();
  }
}

const config: ModelConfig = {
  layers: 1,
  width: 12,
  heads: 2,
  keyValueHeads: 1,
  headSize: 6,
  hidden: 20,
  vocabulary: 19,
  context: 9,
  activation: 'gelu_new',
  norm: 'layer',
  normPlace: 'pre',
  normEpsilon: 1e-5,
  position: 'learned',
  rotaryBase: 10_000,
  biases: true,
  tied: true,
  endId: undefined,
};

const plan: TrainingPlan = {
  config,
  batch: 2,
  steps,
  seed: 1,
  // Adam makes full steps of gradients that are nothing but rounding, unless epsilon is far above them.
  optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-4, decay: 0.1 },
  schedule: { peak: 0.01, warmup: 0, final: 1 },
  clip: 1,
  freeze: [],
};
