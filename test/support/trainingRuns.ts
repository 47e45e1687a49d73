// Short training runs on made-up text, and checkpoints in memory.
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import type { Corpus } from '../../src/engine/training/batches';
import {
  readCheckpoint,
  type Checkpoint,
  type FileParts,
} from '../../src/engine/training/checkpoint';
import { Trainer, type StepReport, type TrainingPlan } from '../../src/engine/training/trainer';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { byteSource } from './modelFolders';
import { breathe, smallConfig } from './models';
import { seeded } from './random';

export const learningConfig: ModelConfig = { ...smallConfig, width: 16, context: 8 };

export const plan: TrainingPlan = {
  config: learningConfig,
  batch: 3,
  steps: 12,
  seed: 7,
  optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1 },
  schedule: { peak: 0.01, warmup: 3, final: 0.1 },
  clip: 1,
  freeze: [],
};

/** Tokens that can be foretold: each is the one before plus 1 or, now and then, plus 2. */
export function countingCorpus(length: number, seed = 1, weight = 1): Corpus {
  const random = seeded(seed);
  const tokens = new Uint16Array(length);
  for (let i = 1; i < length; i++) {
    tokens[i] = ((tokens[i - 1] ?? 0) + (random() < 0.1 ? 2 : 1)) % learningConfig.vocabulary;
  }
  return { tokens, weight };
}

export function startTrainer(
  device: TrainingDevice,
  changes: Partial<TrainingPlan> = {},
  from?: Checkpoint,
): Promise<Trainer> {
  const on = { device, plan: { ...plan, ...changes } };
  return Trainer.create(on, [countingCorpus(200)], { breathe, from });
}

export async function runSteps(trainer: Trainer, steps: number): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (let step = 0; step < steps; step++) reports.push(await trainer.advance(breathe));
  return reports;
}

/** The bytes of a file written in parts; throws when they leave a gap. */
export async function bytesOf({ size, parts }: FileParts): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let written = 0;
  for await (const part of parts) {
    bytes.set(part.bytes, part.offset);
    written += part.bytes.length;
  }
  if (written !== size) throw new Error(`${written} of ${size} bytes were written.`);
  return bytes;
}

export function openCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  return readCheckpoint(byteSource(bytes), 'checkpoint.safetensors');
}
