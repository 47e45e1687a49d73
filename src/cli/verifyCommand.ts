import { runnableDevices, type RunnableDevice } from '../engine/chooseDevice';
import { ReferenceDevice } from '../engine/devices/reference/referenceDevice';
import type { Device } from '../engine/devices/device';
import { openModelFolder, type ModelFolder } from '../engine/files/modelFolder';
import { checkIds, windowOf } from '../engine/ids';
import { Decoder } from '../engine/model/decoder';
import { compareDevices, type Difference } from '../engine/verifying/compareDevices';
import { Pace } from '../engine/work';
import type { WeightFormat } from '../protocol/devices';
import { fail } from '../protocol/failures';
import { nodeModelFiles } from '../worker/nodeFiles';
import { nodeParts } from '../worker/nodeHost';
import type { Command, CommandContext } from './command';
import { promptIds } from './loadedModel';
import { t } from './messages';
import { modelFolder } from './modelFolder';
import { readArguments, UsageError } from './usage';
import { onThreads, promptOption, refuseRest, weightsOption } from './values';

/** As a share of an activation's largest value: what sums in float32 owe to a model of a dozen blocks. */
const allowed = 1e-4;

/** Runs a text on every device that runs here and tells how far each activation is from float64. */
export const verifyCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    text: 'once',
    ids: 'once',
    threads: 'once',
    device: 'often',
    weights: 'once',
  });
  refuseRest(rest);
  const prompt = promptOption({ option: 'text', text: values.text, ids: values.ids });
  const weights = weightsOption(values.weights);
  const surroundings = onThreads(context, values.threads);
  const files = await nodeModelFiles(modelFolder(context.places, values.model));
  const tokenizer = prompt.kind === 'ids' ? { tokenizer: 'skip' as const } : {};
  const folder = await openModelFolder(files, { signal: context.signal, ...tokenizer });
  try {
    if (prompt.kind === 'text' && folder.tokenizer === undefined) {
      throw fail('tokenizer-missing', { folder: folder.estimate.name });
    }
    const given = promptIds(prompt, folder.tokenizer);
    checkIds(given, folder.config.vocabulary);
    const { ids, dropped } = windowOf(given, folder.config.context);
    if (dropped > 0) {
      context.terminal.note(t('cli.note.window', { used: ids.length, given: given.length }));
    }
    await compare({ folder, ids, weights, only: values.device }, surroundings);
  } finally {
    await folder.close();
  }
};

/**
 * Throws `verify-difference` for the largest difference beyond what is allowed, when all are told; of rounded weights any
 * is.
 */
async function compare(
  {
    folder,
    ids,
    weights,
    only,
  }: {
    readonly folder: ModelFolder;
    readonly ids: Int32Array;
    readonly weights: WeightFormat;
    readonly only: readonly string[];
  },
  { places, signal, terminal }: CommandContext,
): Promise<void> {
  const { host } = nodeParts(places);
  const pace = new Pace(host, signal);
  const runnable = named(await runnableDevices(host, weights), only);
  const devices: Device[] = [new ReferenceDevice(), ...runnable.map(({ create }) => create())];
  try {
    const [reference, ...others] = await loadAll(folder, devices, pace);
    if (reference === undefined) return;
    let worst: Difference | undefined;
    await compareDevices({ reference, others }, ids, {
      pace,
      tell: (difference) => {
        if (difference.relative > (worst?.relative ?? allowed)) worst = difference;
        return terminal.line(lineOf(difference, runnable));
      },
    });
    if (worst !== undefined && weights === 'f32') throw beyond(worst, runnable);
  } finally {
    for (const device of devices) device.dispose();
  }
}

/** The devices of these names, or all without any. Throws `UsageError` for a name that none has. */
function named(all: readonly RunnableDevice[], only: readonly string[]): readonly RunnableDevice[] {
  const names = [...new Set(all.map(({ description }) => description.device))];
  for (const value of only) {
    if (names.some((name) => name === value)) continue;
    throw new UsageError(t('cli.usage.compared-device', { value, devices: names.join(', ') }));
  }
  if (only.length === 0) return all;
  return all.filter(({ description }) => only.includes(description.device));
}

async function loadAll(
  { config, weights }: ModelFolder,
  devices: readonly Device[],
  { pause: breathe, signal }: Pace,
): Promise<Decoder[]> {
  const decoders: Decoder[] = [];
  for (const device of devices) {
    decoders.push(await Decoder.load({ device, config, weights, breathe, signal }));
  }
  return decoders;
}

function lineOf(difference: Difference, runnable: readonly RunnableDevice[]): string {
  const { name, absolute, relative, largest, index, device } = difference;
  const on = runnable[device]?.description;
  return JSON.stringify({ name, ...on, absolute, relative, largest, index });
}

function beyond({ name, relative, index, device }: Difference, on: readonly RunnableDevice[]) {
  return fail('verify-difference', {
    name: `${name}[${index.join(', ')}]`,
    device: Object.values(on[device]?.description ?? {}).join(' '),
    difference: relative.toExponential(2),
    allowed: String(allowed),
  });
}
