import type { Cancellation } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';
import type { ModelConfig } from '../../protocol/modelConfig';
import type { ModelEstimate, ValidationFigure } from '../../protocol/models';
import { throwIfCancelled } from '../model/cancellation';
import { modelSize } from '../model/parameters';
import { checkShapes } from '../model/weightLoader';
import type { WeightSource } from '../model/weights';
import { expectedShapes } from '../model/shapes';
import { openTokenizer } from '../tokenizer/openTokenizer';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { readChatTemplate } from '../chatTemplate';
import type { ChatTemplate } from '../chatTemplate';
import type { ModelFiles } from './byteSource';
import { readConfig } from './config';
import { readJson } from './readJson';
import { SafetensorsWeights } from './safetensorsWeights';
import { readValidation } from './validation';
import type { OpenedWeights } from './weightFiles';
import { openWeightFiles } from './weightFiles';

/** A model folder in Hugging Face layout with everything checked but the weights' values, which are read on demand. */
export interface ModelFolder {
  readonly estimate: ModelEstimate;
  readonly config: ModelConfig;
  readonly weights: WeightSource;
  /** Undefined when the folder has none, or none was asked for. */
  readonly tokenizer: Tokenizer | undefined;
  readonly validation: readonly ValidationFigure[];
  /**
   * Reads the chat template; undefined when the folder has none. Not read before, for a model runs without it, and what
   * is wrong with its files matters only to conversations.
   */
  chatTemplate(): Promise<ChatTemplate | undefined>;
  /** Releases the weight files; `weights` cannot be read any more. */
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly signal?: Cancellation | undefined;
  /** `skip` opens the weights even when the tokenizer's files cannot be used; ids alone are enough to run a model. */
  readonly tokenizer?: 'open' | 'skip';
}

/** What a folder's model is and takes, from its config and the headers of its weights. Checks names and shapes. */
export async function estimateModelFolder(
  files: ModelFiles,
  options: OpenOptions = {},
): Promise<ModelEstimate> {
  const opened = await openHeaders(files, options);
  await opened.files.close();
  return opened.estimate;
}

/** Throws what is wrong with the folder as one of the failures of files, config, weights or tokenizer. */
export async function openModelFolder(
  files: ModelFiles,
  options: OpenOptions = {},
): Promise<ModelFolder> {
  const { estimate, config, weights, files: opened } = await openHeaders(files, options);
  try {
    const tokenizer = options.tokenizer === 'skip' ? undefined : await openTokenizer(files);
    if (tokenizer !== undefined) checkVocabulary(tokenizer, config);
    const validation = await readValidation(files);
    const chatTemplate = () => readChatTemplate(files);
    throwIfCancelled(options.signal);
    return {
      estimate,
      config,
      weights,
      tokenizer,
      validation,
      chatTemplate,
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

interface Headers {
  readonly estimate: ModelEstimate;
  readonly config: ModelConfig;
  readonly weights: WeightSource;
  readonly files: OpenedWeights;
}

async function openHeaders(files: ModelFiles, { signal }: OpenOptions): Promise<Headers> {
  const config = await openConfig(files);
  throwIfCancelled(signal);
  const opened = await openWeightFiles(files);
  try {
    const weights = new SafetensorsWeights(opened.files);
    checkShapes(expectedShapes(config), weights);
    throwIfCancelled(signal);
    const estimate = {
      name: files.name,
      config,
      fileBytes: opened.fileBytes,
      ...modelSize(config),
    };
    return { estimate, config, weights, files: opened };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openConfig(files: ModelFiles): Promise<ModelConfig> {
  const content = await readJson(files, 'config.json', configLimitBytes);
  if (content === undefined) {
    throw fail('file-missing', { file: 'config.json', folder: files.name });
  }
  const generation = await readJson(files, 'generation_config.json', configLimitBytes);
  return readConfig(content, generation);
}

const configLimitBytes = 4 * 1024 * 1024;

/** Fewer ids than rows is usual, for tables are padded; an id without a row could not be embedded. */
function checkVocabulary(tokenizer: Tokenizer, config: ModelConfig): void {
  const ids = tokenizer.vocabulary.offsets.length - 1;
  if (ids <= config.vocabulary) return;
  throw fail('vocabulary-mismatch', { tokenizer: ids, embedding: config.vocabulary });
}
