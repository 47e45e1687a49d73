import { writeConfig } from '../files/configWriter';
import type { FileParts } from '../training/checkpoint';
import { textParts, type LabFolder } from './labHost';
import type { RunData } from './runData';
import { tokenizerFileName } from './runFiles';

/** A Hugging Face folder that the Inspector opens: config, tokenizer, and the weights of some moment. */
export async function writeModel(
  folder: LabFolder,
  { config, json }: Pick<RunData, 'config' | 'json'>,
  weights: FileParts['parts'],
): Promise<void> {
  await folder.write('config.json', textParts(writeConfig(config)));
  await folder.write(tokenizerFileName, textParts(json));
  await folder.write('model.safetensors', weights);
}

/** The bytes of a file that is there already. */
export async function* wholeFile(bytes: Uint8Array): FileParts['parts'] {
  yield await Promise.resolve({ offset: 0, bytes });
}
