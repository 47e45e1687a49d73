// Training in this process, at the built-in model's shape: a step, and the same tokens only read.
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import { chooseTrainingDevice } from '../../src/engine/chooseDevice';
import { openTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import type { TokenStream } from '../../src/engine/training/batches';
import { Trainer, type TrainingPlan } from '../../src/engine/training/trainer';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { nodeModelFiles } from '../../src/worker/nodeFiles';
import { against, medians, type Measurement } from './measurement';
import { buildNames, hostOf, runnableBuilds, type Build } from './peers/builds';
import { sampleText } from './sampleText';

/** The built-in model's. */
export const builtinShape: ModelConfig = {
  layers: 4,
  heads: 4,
  keyValueHeads: 4,
  headSize: 32,
  width: 128,
  hidden: 512,
  vocabulary: 4096,
  context: 128,
  norm: 'layer',
  normPlace: 'pre',
  normEpsilon: 1e-5,
  position: 'learned',
  rotaryBase: 10_000,
  activation: 'gelu_new',
  biases: true,
  tied: true,
  endId: 0,
};

const plan: TrainingPlan = {
  config: builtinShape,
  batch: 16,
  steps: 1000,
  seed: 1,
  optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-8, decay: 0.1 },
  schedule: { peak: 0.001, warmup: 100, final: 0.1 },
  clip: 1,
  freeze: [],
};
const stepTokens = plan.batch * plan.config.context;

const builtin = 'media/models/builtin';
const breathe = (): Promise<void> => Promise.resolve();

export async function trainingPart(): Promise<readonly Measurement[]> {
  const found: Measurement[] = [];
  const tokens = await sampleTokens();
  for (const build of runnableBuilds()) found.push(...(await measureBuild(build, tokens)));
  return found;
}

async function measureBuild(build: Build, tokens: TokenStream): Promise<Measurement[]> {
  const one = await openTrainer({ build, threads: 1 }, tokens);
  const two = await openTrainer({ build, threads: 2 }, tokens);
  const text = { tokens: tokens.subarray(0, stepTokens), bytesOf: () => 1 };
  const rates = await medians(
    {
      step: () => tokensPerSecond(() => one.trainer.advance(breathe)),
      reading: () => tokensPerSecond(() => one.trainer.evaluate(text, breathe)),
      one: () => tokensInPassedTime(() => one.trainer.advance(breathe)),
      two: () => tokensInPassedTime(() => two.trainer.advance(breathe)),
    },
    { rounds: 7, warmUps: 2 },
  );
  const outside = await shareOutsideProducts(one.device, () => one.trainer.advance(breathe));
  for (const { trainer, device } of [one, two]) {
    trainer.dispose();
    device.dispose();
  }
  const unit = 'tokens/s';
  const name = `training step, ${plan.batch} × ${plan.config.context} tokens, ${buildNames[build]}`;
  const passed = {
    name: `${name}, two threads, time that passed`,
    value: rates.two,
    unit,
  } as const;
  return [
    against({ name, value: rates.step, unit }, 'forward only', rates.reading),
    against(passed, 'one thread', rates.one),
    { name: 'share of a training step outside matrix products', value: outside, unit: '%' },
  ];
}

async function openTrainer(
  { build, threads }: { readonly build: Build; readonly threads: number },
  tokens: TokenStream,
): Promise<{ readonly trainer: Trainer; readonly device: TrainingDevice }> {
  const device = await chooseTrainingDevice(hostOf(build, threads), 'wasm');
  const corpora = [{ tokens, weight: 1 }];
  return { trainer: await Trainer.create({ device, plan }, corpora, { breathe }), device };
}

/** Products of linear layers and of attention are what cannot be spared; everything else is. */
async function shareOutsideProducts(
  device: TrainingDevice,
  step: () => Promise<unknown>,
): Promise<number> {
  let insideMs = 0;
  const timed =
    <Op>(run: (op: Op) => void) =>
    (op: Op): void => {
      const before = performance.now();
      run(op);
      insideMs += performance.now() - before;
    };
  // The device's own, which hides these; nobody else uses this device.
  device.product = timed(device.product.bind(device));
  device.attention = timed(device.attention.bind(device));
  device.attentionBackward = timed(device.attentionBackward.bind(device));
  const shares: number[] = [];
  for (let i = 0; i < 9; i++) {
    insideMs = 0;
    const before = performance.now();
    await step();
    shares.push(100 * (1 - insideMs / (performance.now() - before)));
  }
  return shares.sort((a, b) => a - b)[4] ?? Number.NaN;
}

/** Of CPU time: other processes of the machine do not count. */
async function tokensPerSecond(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (stepTokens * 1e6) / (user + system);
}

async function tokensInPassedTime(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (stepTokens * 1000) / (performance.now() - start);
}

/** The sample text, again and again: what it says makes no difference to the time. */
async function sampleTokens(): Promise<TokenStream> {
  const tokenizer = await openTokenizer(await nodeModelFiles(builtin));
  if (tokenizer === undefined) throw new Error('the built-in model has no tokenizer');
  const { ids } = tokenizer.encode(sampleText());
  return Uint16Array.from({ length: 4 * stepTokens }, (_, at) => ids[at % ids.length] ?? 0);
}
