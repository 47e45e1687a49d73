import { chooseTrainingDevice } from '../engine/chooseDevice';
import { openModelFolder, type ModelFolder } from '../engine/files/modelFolder';
import { roundedWeights } from '../engine/model/roundedWeights';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import { evaluate } from '../engine/training/evaluation';
import { TrainedWeights } from '../engine/training/trainedWeights';
import { TrainingModel } from '../engine/training/trainingModel';
import { Pace } from '../engine/work';
import type { WeightFormat } from '../protocol/devices';
import { fail } from '../protocol/failures';
import { nodeModelFiles } from '../worker/nodeFiles';
import { nodeParts } from '../worker/nodeHost';
import type { Command, CommandContext } from './command';
import { t } from './messages';
import { modelFolder } from './modelFolder';
import { textStart } from './textFile';
import { readArguments, UsageError } from './usage';
import { deviceOption, onThreads, weightsOption, wholeOption } from './values';

/** Measures how well a model predicts text files: one JSON object a file, with bits per byte. */
export const evaluateCommand: Command = async (args, context) => {
  const { values, rest: files } = readArguments(args, {
    model: 'once',
    device: 'once',
    threads: 'once',
    weights: 'once',
    bytes: 'once',
  });
  const bytes = wholeOption('--bytes', values.bytes, { otherwise: defaultBytes, least: 1 });
  const device = deviceOption(values.device);
  const format = weightsOption(values.weights);
  if (files.length === 0) throw new UsageError(t('cli.usage.no-files'));
  const source = await nodeModelFiles(modelFolder(context.places, values.model));
  const folder = await openModelFolder(source, { signal: context.signal });
  try {
    const surroundings = onThreads(context, values.threads);
    await withTrainingModel({ folder, device, format }, surroundings, async (model, pause) => {
      const { tokenizer } = folder;
      if (tokenizer === undefined) throw fail('tokenizer-missing', { folder: source.name });
      for (const file of files) {
        const text = await scoredText(file, tokenizer, bytes);
        await context.terminal.line(
          JSON.stringify({ file, ...(await evaluate(model, text, pause)) }),
        );
      }
    });
  } finally {
    await folder.close();
  }
};

/** What the bits per byte of this project are measured on: the start of a text, without the marks between documents. */
export const defaultBytes = 300_000;

/** The first bytes of a file, without the lines that only end a document, in tokens. */
export async function scoredText(
  file: string,
  tokenizer: Tokenizer,
  bytes: number,
): Promise<Parameters<typeof evaluate>[1]> {
  const text = (await textStart(file, bytes)).replaceAll('<|endoftext|>\n', '');
  const { ids } = tokenizer.encode(text);
  if (ids.length < 2) throw fail('text-empty', {});
  const { offsets } = tokenizer.vocabulary;
  return {
    tokens: Int32Array.from(ids),
    bytesOf: (id) => (offsets[id + 1] ?? 0) - (offsets[id] ?? 0),
  };
}

async function withTrainingModel(
  on: {
    readonly folder: ModelFolder;
    readonly device: ReturnType<typeof deviceOption>;
    readonly format: WeightFormat;
  },
  { places, signal }: CommandContext,
  use: (model: TrainingModel, pause: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { host } = nodeParts(places);
  const { pause } = new Pace(host, signal);
  const device = await chooseTrainingDevice(host, on.device);
  try {
    const { config } = on.folder;
    const source = roundedWeights(on.folder.weights, on.format);
    const weights = await TrainedWeights.load(
      { device, config },
      { weights: source, breathe: pause },
    );
    const size = { batch: sequencesAtOnce, length: config.context };
    await use(await TrainingModel.create({ device, config }, weights, size), pause);
  } finally {
    device.dispose();
  }
}

const sequencesAtOnce = 4;
