import { fail } from '../protocol/failures';
import type { ModelLocation } from '../protocol/models';
import type { TokenizerChoice, TokenizerSource } from '../protocol/tokenizers';
import type { ModelFiles } from './files/byteSource';
import { openEncoding, type OpenRanks } from './tokenizer/encodings';
import { openTokenizer, openTokenizerFile } from './tokenizer/openTokenizer';
import type { Tokenizer } from './tokenizer/tokenizer';

/** Where tokenizers that belong to no open model are read from. */
export interface TokenizerFiles {
  readonly locate: (location: ModelLocation) => Promise<ModelFiles>;
  readonly ranks: OpenRanks;
}

type Foreign = Exclude<TokenizerSource, { readonly kind: 'model' }>;

/** The most recently used tokenizers besides the model's own: two to compare, and the one that is in use. */
const keptTokenizers = 3;

/** Opens tokenizers by choice and keeps a few; what cannot be opened is tried again the next time. */
export class OpenTokenizers {
  readonly #files: TokenizerFiles;
  /** The least recently used first. */
  readonly #open = new Map<string, Promise<Tokenizer>>();
  /** By the tokenizer that they were made of. */
  readonly #withMarksAsText = new WeakMap<Tokenizer, Tokenizer>();

  constructor(files: TokenizerFiles) {
    this.#files = files;
  }

  /** Of a source other than the model. Throws `tokenizer-missing` for a folder that has none. */
  async get({ source, specialTokens }: TokenizerChoice, own: () => Tokenizer): Promise<Tokenizer> {
    const tokenizer = source.kind === 'model' ? own() : await this.#foreign(source);
    return specialTokens === 'recognised' ? tokenizer : this.#asText(tokenizer);
  }

  #foreign(source: Foreign): Promise<Tokenizer> {
    const key = JSON.stringify(source);
    const opened = this.#open.get(key) ?? this.#openSource(source);
    this.#open.delete(key);
    this.#open.set(key, opened);
    opened.catch(() => {
      if (this.#open.get(key) === opened) this.#open.delete(key);
    });
    for (const oldest of [...this.#open.keys()].slice(0, -keptTokenizers)) {
      this.#open.delete(oldest);
    }
    return opened;
  }

  async #openSource(source: Foreign): Promise<Tokenizer> {
    if (source.kind === 'encoding') {
      return openEncoding(source.name, 'recognised', this.#files.ranks);
    }
    const files = await this.#files.locate({ kind: 'folder', folder: source.folder });
    const tokenizer = await (source.kind === 'file'
      ? openTokenizerFile(files, source.name)
      : openTokenizer(files));
    if (tokenizer !== undefined) return tokenizer;
    if (source.kind === 'folder') throw fail('tokenizer-missing', { folder: source.folder });
    throw fail('file-unreadable', { file: `${source.folder}/${source.name}`, why: 'ENOENT' });
  }

  #asText(tokenizer: Tokenizer): Tokenizer {
    const known = this.#withMarksAsText.get(tokenizer);
    if (known !== undefined) return known;
    const made = tokenizer.withMarksAsText();
    this.#withMarksAsText.set(tokenizer, made);
    return made;
  }
}
