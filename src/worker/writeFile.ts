import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { FileParts } from '../engine/training/checkpoint';
import { fail } from '../protocol/failures';

/**
 * Writes a file so that at any moment either the old one is there or the whole new one: beside it, down to the disk, and
 * only then in its place. Throws `file-unwritable` and leaves the old one.
 */
export async function writeWhole(path: string, content: FileParts['parts']): Promise<void> {
  const partial = `${path}.partial`;
  try {
    const handle = await open(partial, 'w');
    try {
      for await (const { offset, bytes } of content) await writeAt(handle, offset, bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw unwritable(path, error);
  }
}

export function writeText(path: string, text: string): Promise<void> {
  return writeWhole(path, textParts(text));
}

/** Throws `file-unwritable` when it neither is there nor can be made. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function* textParts(text: string): FileParts['parts'] {
  yield await Promise.resolve({ offset: 0, bytes: Buffer.from(text) });
}

async function writeAt(handle: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/** A system's error as `file-unwritable`; others as they are. */
export function unwritable(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? error : fail('file-unwritable', { file, why: code || message });
}
