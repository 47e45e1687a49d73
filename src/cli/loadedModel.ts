import { chooseDevice } from '../engine/chooseDevice';
import { openModelFolder, type ModelFolder } from '../engine/files/modelFolder';
import type { EngineHost } from '../engine/host';
import type { WeightSource } from '../engine/model/weights';
import { Decoder } from '../engine/model/decoder';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import { Pace } from '../engine/work';
import type { DeviceName, WeightFormat } from '../protocol/devices';
import { fail, failureOf } from '../protocol/failures';
import { nodeModelFiles } from '../worker/nodeFiles';
import { nodeParts } from '../worker/nodeHost';
import type { CommandContext } from './command';
import { failureSentence } from './messages';
import { modelFolder } from './modelFolder';
import type { Prompt } from './values';

/** A model on a device, for one command. */
export interface LoadedModel {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer | undefined;
  readonly weights: WeightSource;
  /** What goes in. */
  readonly ids: Int32Array;
  readonly host: EngineHost;
  readonly pace: Pace;
}

export interface ModelRequest {
  /** A folder; the built-in model without one. */
  readonly model: string | undefined;
  readonly device: DeviceName | undefined;
  /** How matrices are kept; as they are without it. */
  readonly weights?: WeightFormat;
  readonly prompt: Prompt;
  /** `wanted` where text comes out but ids are enough, `skip` where nothing but ids is in use. */
  readonly tokenizer: 'needed' | 'wanted' | 'skip';
}

/** Loads a model, turns the prompt into ids, and releases the model when `use` has ended. */
export async function withModel(
  request: ModelRequest,
  context: CommandContext,
  use: (model: LoadedModel) => Promise<void>,
): Promise<void> {
  const folder = await openFolder(request, context);
  try {
    const { tokenizer, config, weights, estimate } = folder;
    if (tokenizer === undefined && request.tokenizer === 'needed') {
      throw fail('tokenizer-missing', { folder: estimate.name });
    }
    const ids = promptIds(request.prompt, tokenizer);
    const { host } = nodeParts(context.places);
    const pace = new Pace(host, context.signal);
    const device = await chooseDevice(host, request.device, request.weights);
    try {
      const breathe = pace.pause;
      const decoder = await Decoder.load({ device, config, weights, breathe });
      await use({ decoder, tokenizer, weights, ids, host, pace });
    } finally {
      device.dispose();
    }
  } finally {
    await folder.close();
  }
}

async function openFolder(request: ModelRequest, context: CommandContext): Promise<ModelFolder> {
  const files = await nodeModelFiles(modelFolder(context.places, request.model));
  const { signal } = context;
  if (request.tokenizer === 'skip') return openModelFolder(files, { signal, tokenizer: 'skip' });
  try {
    return await openModelFolder(files, { signal });
  } catch (thrown) {
    if (request.tokenizer === 'needed') throw thrown;
    // If it was not the tokenizer that failed, this fails too.
    const folder = await openModelFolder(files, { signal, tokenizer: 'skip' });
    context.terminal.note(failureSentence(failureOf(thrown)));
    return folder;
  }
}

/** The ids that go in. Throws `text-empty` for none. */
export function promptIds(prompt: Prompt, tokenizer: Tokenizer | undefined): Int32Array {
  const ids = prompt.kind === 'ids' ? prompt.ids : tokenizer?.encode(prompt.text).ids;
  if (ids === undefined || ids.length === 0) throw fail('text-empty', {});
  return ids;
}
