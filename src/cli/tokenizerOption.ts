import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { openEncoding, type SpecialTokens } from '../engine/tokenizer/encodings';
import { openTokenizer, openTokenizerFile } from '../engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import { encodingNames, type EncodingName } from '../protocol/encodings';
import { fail } from '../protocol/failures';
import { nodeModelFiles } from '../worker/nodeFiles';
import type { CommandContext } from './command';
import { t } from './messages';
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
      openIn(places.encodings, file),
    );
  }
  if (special !== undefined) throw new UsageError(t('cli.usage.special-tokens-of-encoding'));
  return tokenizer === undefined ? openFolder(model ?? places.builtin) : openPath(tokenizer);
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

/** A folder may have a tokenizer.json of any kind, or the older two files. */
async function openFolder(folder: string): Promise<Tokenizer> {
  const files = await nodeModelFiles(folder);
  const tokenizer =
    (await openTokenizerFile(files, 'tokenizer.json')) ?? (await openTokenizer(files));
  if (tokenizer === undefined) throw fail('tokenizer-missing', { folder });
  return tokenizer;
}

async function openIn(
  folder: string,
  file: string,
): ReturnType<Parameters<typeof openEncoding>[2]> {
  const source = await (await nodeModelFiles(folder)).open(file);
  if (source === undefined) throw missing(file);
  return source;
}

function missing(file: string): Error {
  return fail('file-unreadable', { file, why: 'ENOENT' });
}
