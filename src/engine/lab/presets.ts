import type { LabPresets } from '../../protocol/labLessons';
import type { RunForm } from '../../protocol/labForms';
import { experimentPresets } from './experimentPresets';
import { heloPresets } from './heloPresets';

/** What the lab offers to start from. */
export function labPresets(): LabPresets {
  return { training: trainingPreset, helo: heloPresets, experiments: experimentPresets };
}

/** Half a minute on two cores: a model that learns the ready English and shows what it says on the way. */
const trainingPreset: RunForm = {
  name: 'english',
  model: {
    layers: 2,
    heads: 4,
    keyValueHeads: 4,
    headSize: 16,
    width: 64,
    hidden: 256,
    context: 64,
    norm: 'layer',
    normPlace: 'pre',
    normEpsilon: 1e-5,
    position: 'learned',
    rotaryBase: 10_000,
    activation: 'gelu_new',
    biases: true,
    tied: true,
    initialisation: 'normal',
  },
  tokenizer: { kind: 'learned', size: 384, special: ['<|endoftext|>'] },
  corpora: [{ kind: 'grammar', grammar: 'english', seed: 1, characters: 200_000, weight: 1 }],
  validationShare: 0.05,
  training: {
    batch: 16,
    steps: 600,
    seed: 1,
    optimiser: 'adamw',
    rate: 0.005,
    warmup: 40,
    finalRate: 0.1,
    decay: 0.1,
    momentum: 0.9,
    clip: 1,
    dropout: 0,
    labelNoise: 0,
    freeze: [],
    fixEmbeddingNorm: false,
  },
  watch: {
    statisticsEvery: 10,
    validateEvery: 50,
    sampleEvery: 50,
    snapshotEvery: 25,
    prompts: ['The cat', 'Anna has a '],
    sampleTokens: 24,
    checkpointMs: 20_000,
  },
};
