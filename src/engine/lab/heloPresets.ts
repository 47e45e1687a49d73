import type { HeloPresets } from '../../protocol/labLessons';
import type { RunForm } from '../../protocol/labForms';

/**
 * The smallest world: `hello` again and again, four letters, each a point in the plane, and a linear layer that scores
 * what comes next. After `l` comes `l` or `o`: no model of one letter can do better than ln 2 there, 0.277 nats a letter.
 */
const start: RunForm = {
  name: 'helo',
  model: {
    layers: 0,
    heads: 1,
    keyValueHeads: 1,
    headSize: 2,
    width: 2,
    hidden: 1,
    context: 5,
    norm: 'none',
    normPlace: 'pre',
    normEpsilon: 1e-5,
    position: 'none',
    rotaryBase: 10_000,
    activation: 'none',
    biases: false,
    tied: false,
    initialisation: 'xavier',
  },
  tokenizer: { kind: 'characters' },
  corpora: [{ kind: 'text', text: 'hello'.repeat(40), weight: 1 }],
  validationShare: 0,
  training: {
    batch: 1,
    steps: 1000,
    seed: 1,
    optimiser: 'sgd',
    rate: 0.5,
    warmup: 0,
    finalRate: 1,
    decay: 0,
    momentum: 0,
    clip: 0,
    dropout: 0,
    labelNoise: 0,
    freeze: [],
    fixEmbeddingNorm: false,
  },
  watch: {
    statisticsEvery: 1,
    validateEvery: 0,
    sampleEvery: 50,
    snapshotEvery: 10,
    prompts: ['h'],
    sampleTokens: 4,
    checkpointMs: 20_000,
  },
};

export const heloPresets: HeloPresets = {
  start,
  // Steps of Adam are as long as the rate, whatever the gradient: without decay nothing ever pulls back.
  explosion: {
    ...start,
    name: 'helo-explosion',
    training: { ...start.training, optimiser: 'adam', rate: 2 },
  },
  // Each step takes a fifth of every vector away, which is more than the gradient gives back.
  collapse: {
    ...start,
    name: 'helo-collapse',
    training: { ...start.training, decay: 2, rate: 0.1 },
  },
};
