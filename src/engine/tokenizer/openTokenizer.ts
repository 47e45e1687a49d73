import type { ModelFiles } from '../files/byteSource';
import { readJson, readText } from '../files/readJson';
import { ByteLevelBpe } from './byteLevelBpe';
import { describedParts } from './describedParts';
import { describeLegacyTokenizer } from './legacyFiles';
import type { Tokenizer } from './tokenizer';
import { describeTokenizer } from './tokenizerFile';

/**
 * The tokenizer of a model folder, from `tokenizer.json` or else from `vocab.json` and `merges.txt`; undefined when the
 * folder has none. Throws `tokenizer-unsupported` for one that is not byte-level BPE.
 */
export async function openTokenizer(files: ModelFiles): Promise<Tokenizer | undefined> {
  const tokenizer = await openTokenizerFile(files, 'tokenizer.json');
  if (tokenizer !== undefined) return tokenizer;
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

/** The tokenizer that a file of the folder describes as tokenizer.json does; undefined when there is no such file. */
export async function openTokenizerFile(
  files: ModelFiles,
  name: string,
): Promise<Tokenizer | undefined> {
  const content = await readJson(files, name, limitBytes);
  if (content === undefined) return undefined;
  return new ByteLevelBpe(describedParts(describeTokenizer(content, name)));
}

/** The largest vocabularies in use, of 260,000 entries, make files of 35 MB. */
const limitBytes = 128 * 1024 * 1024;
