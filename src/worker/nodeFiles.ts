/** Model folders on disk, for whatever runs the engine in Node. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteSource, ModelFiles } from '../engine/files/byteSource';
import { fail } from '../protocol/failures';

/** The files of a folder. Rejects with `folder-not-found` when there is no such folder. */
export async function nodeModelFiles(folder: string): Promise<ModelFiles> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw fail('folder-not-found', { folder });
  return { name: folder, open: (name) => openNodeFile(join(folder, name)) };
}

/** The file, or undefined when there is none. Rejects with `file-unreadable` when it is there but closed to us. */
export async function openNodeFile(path: string): Promise<ByteSource | undefined> {
  try {
    const handle = await open(path, 'r');
    return await sourceOf(path, handle);
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined;
    throw unreadable(path, thrown);
  }
}

async function sourceOf(path: string, handle: FileHandle): Promise<ByteSource> {
  try {
    const { size } = await handle.stat();
    return new NodeFile(path, handle, size);
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
}

class NodeFile implements ByteSource {
  readonly size: number;
  readonly #path: string;
  #handle: FileHandle | undefined;

  constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path;
    this.#handle = handle;
    this.size = size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const read = await this.#readInto(bytes.subarray(filled), offset + filled);
      // A file that became shorter since it was opened ends here.
      if (read === 0) throw unreadable(this.#path, new Error('EOF'));
      filled += read;
    }
    return bytes;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #readInto(target: Uint8Array, position: number): Promise<number> {
    if (this.#handle === undefined) throw unreadable(this.#path, new Error('EBADF'));
    try {
      const { bytesRead } = await this.#handle.read(target, 0, target.length, position);
      return bytesRead;
    } catch (thrown) {
      throw unreadable(this.#path, thrown);
    }
  }
}

function unreadable(path: string, thrown: unknown): Error {
  const why = errorCode(thrown) ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return fail('file-unreadable', { file: path, why });
}

/** Node's short name of what went wrong, such as `EACCES`. */
function errorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
