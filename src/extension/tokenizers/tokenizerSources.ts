/** Tokenizers as people write them in settings, and as they are called in lists. */
import { basename, dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { encodingNames, type EncodingName } from '../../protocol/encodings';
import type { TokenizerSource } from '../../protocol/tokenizers';
import { t } from '../l10n';

/** What may be chosen without any file, each encoding once. */
export const builtInSources: readonly TokenizerSource[] = [
  { kind: 'model' },
  ...encodingNames
    .filter((name) => name !== 'r50k_base')
    .map((name) => ({ kind: 'encoding', name }) as const),
];

/** What is remembered between sessions, checked as it is read. */
export const sourceSchema = v.variant('kind', [
  v.object({ kind: v.literal('model') }),
  v.object({ kind: v.literal('encoding'), name: v.picklist(encodingNames) }),
  v.object({ kind: v.literal('file'), folder: v.string(), name: v.string() }),
  v.object({ kind: v.literal('folder'), folder: v.string() }),
]);

/** `model`, an encoding's name, or the absolute path of a `….json` or of a folder; undefined for anything else. */
export function sourceOf(written: string): TokenizerSource | undefined {
  if (written === 'model') return { kind: 'model' };
  if (isEncoding(written)) return { kind: 'encoding', name: written };
  if (!isAbsolute(written)) return undefined;
  return written.endsWith('.json') ? fileSource(written) : { kind: 'folder', folder: written };
}

export function fileSource(path: string): TokenizerSource {
  return { kind: 'file', folder: dirname(path), name: basename(path) };
}

/** What a tokenizer is called: that of a file by the folder it lies in, for most files have the same name. */
export function tokenizerName(source: TokenizerSource): string {
  switch (source.kind) {
    case 'model':
      return t('tokenizer.model');
    case 'encoding':
      return source.name === 'gpt2' ? 'gpt2 / r50k_base' : source.name;
    case 'file':
      return join(basename(source.folder), source.name);
    case 'folder':
      return basename(source.folder);
  }
}

/** Where a tokenizer's files lie; undefined for those that come with the product or the model. */
export function tokenizerPath(source: TokenizerSource): string | undefined {
  if (source.kind === 'file') return join(source.folder, source.name);
  return source.kind === 'folder' ? source.folder : undefined;
}

export function isSameSource(a: TokenizerSource, b: TokenizerSource): boolean {
  return a.kind === b.kind && tokenizerName(a) === tokenizerName(b) && pathsAreSame(a, b);
}

function pathsAreSame(a: TokenizerSource, b: TokenizerSource): boolean {
  return tokenizerPath(a) === tokenizerPath(b);
}

function isEncoding(name: string): name is EncodingName {
  return encodingNames.some((known) => known === name);
}
