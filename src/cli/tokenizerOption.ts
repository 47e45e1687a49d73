import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { openEncoding } from '../engine/tokenizer/encodings';
import { openTokenizer, openTokenizerFile } from '../engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import { encodingNames, type EncodingName } from '../protocol/encodings';
import type { SpecialTokens } from '../protocol/tokenizers';
import { fail } from '../protocol/failures';
import { nodeModelFiles } from '../worker/nodeFiles';
import { openRanks } from '../worker/nodeHost';
import type { CommandContext } from './command';
import { t } from './messages';
import { modelFolder } from './modelFolder';
import { UsageError } from './usage';

/**
 * The tokenizer that `--tokenizer` names, else that of `--model`, else the built-in model's. Throws `UsageError` where
 * options do not go together or `--tokenizer` names nothing that is there.
 */
export async function tokenizerOption(
  given: {
    readonly model: string | undefined;
    readonly tokenizer: string | undefined;
    readonly special: string | undefined;
  },
  { places }: CommandContext,
): Promise<Tokenizer> {
  const { model, tokenizer, special } = given;
  if (tokenizer !== undefined && model !== undefined) {
    throw new UsageError(t('cli.usage.model-or-tokenizer'));
  }
  if (isEncoding(tokenizer)) {
    return openEncoding(tokenizer, specialTokens(special), (file) =>
      openRanks(places.encodings, file),
    );
  }
  if (special !== undefined) throw new UsageError(t('cli.usage.special-tokens-of-encoding'));
  return tokenizer === undefined ? openFolder(modelFolder(places, model)) : openPath(tokenizer);
}

function isEncoding(name: string | undefined): name is EncodingName {
  return encodingNames.some((known) => known === name);
}

function specialTokens(typed: string | undefined): SpecialTokens {
  if (typed === undefined || typed === 'recognised' || typed === 'as-text') {
    return typed ?? 'recognised';
  }
  throw new UsageError(t('cli.usage.special-tokens', { value: typed }));
}

async function openPath(path: string): Promise<Tokenizer> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const names = encodingNames.join(', ');
    throw new UsageError(t('cli.usage.tokenizer', { value: path, names }));
  }
  if (found.isDirectory()) return openFolder(path);
  const files = await nodeModelFiles(dirname(path));
  const tokenizer = await openTokenizerFile(files, basename(path));
  if (tokenizer === undefined) throw missing(path);
  return tokenizer;
}

async function openFolder(folder: string): Promise<Tokenizer> {
  const tokenizer = await openTokenizer(await nodeModelFiles(folder));
  if (tokenizer === undefined) throw fail('tokenizer-missing', { folder });
  return tokenizer;
}

function missing(file: string): Error {
  return fail('file-unreadable', { file, why: 'ENOENT' });
}
