import type { DeviceSpeed, TrainingSpeed } from '../protocol/devices';
import type { ModelConfig } from '../protocol/modelConfig';
import { chooseTrainingDevice } from './chooseDevice';
import { fastest, type Measuring } from './fastest';
import { countParameters } from './model/parameters';
import { Trainer, type TrainingPlan } from './training/trainer';

/** A step of a batch of so many sequences, each of so many tokens, unless the device is too slow for it. */
const [mostSequences, mostLength] = [8, 64];
/** A slow device is asked for fewer tokens than would take it so long. */
const longestStepMs = 400;
/** Weights, gradients and two means of a larger model are more than a measurement is worth. */
const mostParameters = 2 ** 25;
/** Forward, and two products backward for each. */
const passesPerStep = 3;

/**
 * Training steps of a model's shape on a device, from random weights: the speed does not depend on their values. Undefined
 * for a model that is too large for it.
 */
export async function measureTraining(
  { host, pace }: Measuring,
  config: ModelConfig,
  speed: DeviceSpeed,
): Promise<TrainingSpeed | undefined> {
  const parameters = countParameters(config);
  if (parameters > mostParameters) return undefined;
  const msPerToken = speed.prefillMs / speed.prefillTokens;
  const affordable = longestStepMs / (passesPerStep * Math.max(msPerToken, 1e-4));
  const length = Math.max(2, Math.min(mostLength, config.context, Math.floor(affordable)));
  const batch = Math.max(1, Math.min(mostSequences, Math.floor(affordable / length)));
  const device = await chooseTrainingDevice(host, speed.device);
  try {
    const corpus = { tokens: countUp(config.vocabulary, 4 * length), weight: 1 };
    const plan = planOf({ ...config, context: length }, batch);
    const options = { breathe: pace.pause, signal: pace.signal };
    const trainer = await Trainer.create({ device, plan }, [corpus], options);
    try {
      const ms = await fastest(host, async () => {
        await trainer.advance(pace.pause);
      });
      return { ms, tokens: batch * length, parameters };
    } finally {
      trainer.dispose();
    }
  } finally {
    device.dispose();
  }
}

function countUp(vocabulary: number, length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, at) => at % vocabulary);
}

/** A rate so low that no loss grows: only the time is wanted. */
function planOf(config: ModelConfig, batch: number): TrainingPlan {
  return {
    config,
    batch,
    steps: 1000,
    seed: 1,
    optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1 },
    schedule: { peak: 1e-6, warmup: 0, final: 1 },
    clip: 1,
    freeze: [],
  };
}
