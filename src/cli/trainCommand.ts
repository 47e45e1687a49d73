import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { chooseTrainingDevice } from '../engine/chooseDevice';
import type { ByteSource } from '../engine/files/byteSource';
import { writeConfig } from '../engine/files/configWriter';
import type { EngineHost } from '../engine/host';
import { openTokenizer } from '../engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import type { Corpus } from '../engine/training/batches';
import { readCheckpoint } from '../engine/training/checkpoint';
import { Trainer, type TrainingPlan } from '../engine/training/trainer';
import { Pace } from '../engine/work';
import { fail } from '../protocol/failures';
import { nodeModelFiles } from '../worker/nodeFiles';
import { nodeParts } from '../worker/nodeHost';
import type { Command, CommandContext } from './command';
import { defaultBytes, scoredText } from './evaluateCommand';
import { t } from './messages';
import { tokensOfFile } from './textFile';
import { readTrainRequest, settingsFile, type TrainRequest } from './trainOptions';
import { checkpointName, TrainingRun } from './trainingRun';
import { UsageError } from './usage';
import { makeFolder, writeText } from '../worker/writeFile';

/** Trains a model on text files, one JSON object a step, into a Hugging Face folder that can be gone on with. */
export const trainCommand: Command = async (args, context) => {
  const request = await readTrainRequest(args);
  if (!request.resume) refuseModel(request.out);
  const { host } = nodeParts({ ...context.places, threads: request.threads });
  const { pause } = new Pace(host, context.signal);
  const tokenizer = await tokenizerOf(request.tokenizer);
  const corpora = await readCorpora(request, tokenizer, { context, pause });
  const validation = await Promise.all(
    request.validate.map(async (file) => {
      return { file, ...(await scoredText(file, tokenizer, defaultBytes)) };
    }),
  );
  const { offsets, special } = tokenizer.vocabulary;
  const plan = request.plan(offsets.length - 1, special[0]);
  await withTrainer({ request, plan, corpora }, { context, host, pause }, async (trainer) => {
    if (!request.resume) await writeModelFiles(request, plan);
    await writeText(join(request.out, settingsFile), settingsText(request));
    const run = new TrainingRun(trainer, { ...context, host, validation, ...request });
    await run.toEnd();
  });
};

interface Surroundings {
  readonly context: CommandContext;
  /** Throws `cancelled` when interrupted: nothing is lost before the first step. */
  readonly pause: () => Promise<void>;
}

/** The tokenizer in a file of any name. */
async function tokenizerOf(file: string): Promise<Tokenizer> {
  const folder = await nodeModelFiles(dirname(file));
  const open = (name: string): Promise<ByteSource | undefined> =>
    name === 'tokenizer.json' ? folder.open(basename(file)) : Promise.resolve(undefined);
  const tokenizer = await openTokenizer({ name: file, open });
  if (tokenizer === undefined) throw fail('file-unreadable', { file, why: 'ENOENT' });
  return tokenizer;
}

async function readCorpora(
  request: TrainRequest,
  tokenizer: Tokenizer,
  { context, pause }: Surroundings,
): Promise<Corpus[]> {
  const corpora: Corpus[] = [];
  for (const { file, weight } of request.corpora) {
    const tokens = await tokensOfFile(file, tokenizer, pause);
    await context.terminal.line(JSON.stringify({ corpus: file, tokens: tokens.length, weight }));
    corpora.push({ tokens, weight });
  }
  return corpora;
}

/** Makes the trainer, from the checkpoint where there is one to go on from, and releases it in the end. */
async function withTrainer(
  run: { request: TrainRequest; plan: TrainingPlan; corpora: readonly Corpus[] },
  { context, host, pause }: Surroundings & { readonly host: EngineHost },
  use: (trainer: Trainer) => Promise<void>,
): Promise<void> {
  const { request, plan, corpora } = run;
  const device = await chooseTrainingDevice(host, request.device);
  const { signal } = context;
  const source = request.resume ? await openCheckpoint(request.out) : undefined;
  try {
    const from = source && (await readCheckpoint(source, checkpointName));
    // The order of batches comes from the seed: a run that goes on keeps it.
    const seed = from?.run.seed ?? plan.seed;
    const on = { device, plan: { ...plan, seed } };
    await use(await Trainer.create(on, corpora, { breathe: pause, signal, from }));
  } finally {
    await source?.close();
    device.dispose();
  }
}

async function openCheckpoint(folder: string): Promise<ByteSource> {
  const source = await (await nodeModelFiles(folder)).open(checkpointName);
  if (source === undefined) throw fail('file-missing', { file: checkpointName, folder });
  return source;
}

/** A model is hours of work: none is ever written over. */
function refuseModel(folder: string): void {
  const taken = [checkpointName, 'model.safetensors', 'config.json'].some((file) => {
    return existsSync(join(folder, file));
  });
  if (taken) throw new UsageError(t('cli.usage.model-exists', { folder }));
}

/** What does not change in the course of a run. */
async function writeModelFiles(request: TrainRequest, plan: TrainingPlan): Promise<void> {
  const { out } = request;
  await makeFolder(out);
  await writeText(join(out, 'config.json'), writeConfig(plan.config));
  const folder = await nodeModelFiles(dirname(request.tokenizer));
  const source = await folder.open(basename(request.tokenizer));
  if (source !== undefined) {
    const text = new TextDecoder().decode(await source.read(0, source.size));
    await source.close();
    await writeText(join(out, 'tokenizer.json'), text);
  }
}

function settingsText({ settings }: TrainRequest): string {
  return `${JSON.stringify(settings, undefined, 1)}\n`;
}
