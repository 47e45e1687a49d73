/** Reads files of models for an engine that has no disk, slice by slice: no file is ever held whole. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Outcome } from '../../protocol/engineApi';
import { fail, failureOf } from '../../protocol/failures';
import type { ModelFilesApi, OpenedFile } from '../../protocol/gpuPage';
import type { ModelLocation } from '../../protocol/models';

/** Folders of what comes with the product. */
export interface ModelPlaces {
  readonly builtin: string;
  /** Of the rank tables of the encodings. */
  readonly ranks: string;
}

export class ModelFilesServer {
  readonly api: ModelFilesApi;
  readonly #places: ModelPlaces;
  readonly #open = new Map<number, { readonly path: string; readonly handle: FileHandle }>();
  #last = 0;

  constructor(places: ModelPlaces) {
    this.#places = places;
    this.api = {
      locate: (location) => outcome(() => this.#locate(location)),
      open: (location, name) => outcome(() => this.#openFile(join(this.#folder(location), name))),
      openRanks: (file) => outcome(() => this.#openRanks(file)),
      read: (file, offset, length) => outcome(() => this.#read(file, offset, length)),
      close: (file) => outcome(() => this.#close(file)),
    };
  }

  /** Closes what is still open. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((file) => this.#close(file)));
  }

  #folder(location: ModelLocation): string {
    if (location.kind === 'folder') return location.folder;
    const { builtin } = this.#places;
    return location.model === undefined ? builtin : join(dirname(builtin), location.model);
  }

  async #locate(location: ModelLocation): Promise<string> {
    const folder = this.#folder(location);
    const found = await stat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true) throw fail('folder-not-found', { folder });
    return folder;
  }

  async #openFile(path: string): Promise<OpenedFile | undefined> {
    try {
      const handle = await open(path, 'r');
      const { size } = await handle.stat();
      const file = ++this.#last;
      this.#open.set(file, { path, handle });
      return { file, size };
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return undefined;
      throw unreadable(path, errorCode(thrown));
    }
  }

  async #openRanks(file: string): Promise<OpenedFile> {
    const opened = await this.#openFile(join(this.#places.ranks, file));
    if (opened === undefined) throw unreadable(file, 'ENOENT');
    return opened;
  }

  async #read(file: number, offset: number, length: number): Promise<Uint8Array> {
    const opened = this.#open.get(file);
    if (opened === undefined) throw unreadable(String(file), 'EBADF');
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const { bytesRead } = await opened.handle
        .read(bytes, filled, length - filled, offset + filled)
        .catch((thrown: unknown) => {
          throw unreadable(opened.path, errorCode(thrown));
        });
      // A file that became shorter since it was opened ends here.
      if (bytesRead === 0) throw unreadable(opened.path, 'EOF');
      filled += bytesRead;
    }
    return bytes;
  }

  async #close(file: number): Promise<undefined> {
    const opened = this.#open.get(file);
    this.#open.delete(file);
    await opened?.handle.close();
  }
}

async function outcome<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  }
}

function unreadable(path: string, why: string | undefined): Error {
  return fail('file-unreadable', { file: basename(path), why: why ?? 'EIO' });
}

function errorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
