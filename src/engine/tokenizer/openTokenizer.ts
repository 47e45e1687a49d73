import { fail, failureOf } from '../../protocol/failures';
import type { ModelFiles } from '../files/byteSource';
import { readJson, readText } from '../files/readJson';
import { ByteLevelBpe } from './byteLevelBpe';
import { describedParts } from './describedParts';
import { describeLegacyTokenizer } from './legacyFiles';
import { openPipeline } from './pipeline/pipelineFile';
import type { Tokenizer } from './tokenizer';
import { describeTokenizer } from './tokenizerFile';

/**
 * The tokenizer of a folder, of any kind that tokenizer.json describes, or else from `vocab.json` and `merges.txt`;
 * undefined when the folder has none. Throws `tokenizer-unsupported` with the step that cannot be followed exactly.
 */
export async function openTokenizer(files: ModelFiles): Promise<Tokenizer | undefined> {
  const described = await openTokenizerFile(files, 'tokenizer.json');
  if (described !== undefined) return described;
  const vocabulary = await readJson(files, 'vocab.json', limitBytes);
  const merges = await readText(files, 'merges.txt', limitBytes);
  if (vocabulary === undefined || merges === undefined) return undefined;
  const description = describeLegacyTokenizer({
    vocabulary,
    merges,
    settings: await readJson(files, 'tokenizer_config.json', limitBytes),
    added: await readJson(files, 'added_tokens.json', limitBytes),
  });
  return new ByteLevelBpe(describedParts(description));
}

/**
 * The tokenizer of any kind that a file of the folder describes as tokenizer.json does; undefined when there is no such
 * file. Throws `tokenizer-unsupported` with the step that cannot be followed exactly.
 */
export async function openTokenizerFile(
  files: ModelFiles,
  name: string,
): Promise<Tokenizer | undefined> {
  const content = await readJson(files, name, limitBytes);
  return content === undefined ? undefined : openAnyTokenizer(content, name);
}

/**
 * As it is if it is byte-level BPE that leaves the text as it is, for that is faster and tells the merges. Throws
 * `tokenizer-malformed` for what describes no tokenizer, and `tokenizer-unsupported`.
 */
export function openAnyTokenizer(content: unknown, file: string): Tokenizer {
  if (!hasModel(content)) throw fail('tokenizer-malformed', { file, what: 'model' });
  try {
    const description = describeTokenizer(content, file);
    const keepsAll = description.stages.every(
      (stage) => !('keep' in stage) || stage.keep === 'all',
    );
    if (keepsAll) return new ByteLevelBpe(describedParts(description));
  } catch (error) {
    if (failureOf(error).code !== 'tokenizer-unsupported') throw error;
  }
  return openPipeline(content, file);
}

function hasModel(content: unknown): boolean {
  return (
    typeof content === 'object' &&
    content !== null &&
    'model' in content &&
    typeof content.model === 'object' &&
    content.model !== null
  );
}

/** The largest vocabularies in use, of 260,000 entries, make files of 35 MB; reading three times as much takes a minute. */
const limitBytes = 64 * 1024 * 1024;
