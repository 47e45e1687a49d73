/** The lab's files on disk, for whatever runs the lab in Node. */
import { appendFile, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { LabFiles, LabFolder } from '../engine/lab/labHost';
import { fail } from '../protocol/failures';
import { nodeModelFiles, openNodeFile } from './nodeFiles';
import { makeFolder, unwritable, writeText, writeWhole } from './writeFile';

/** Where the things lie that come with the product. */
export interface LabPlaces {
  readonly builtin: string;
  readonly tiny: string;
  /** Folder of the ready grammars. */
  readonly corpora: string;
}

/** A string holds no more, and a corpus of this size takes days to learn. */
const textLimitBytes = 256 * 2 ** 20;

export function nodeLabFiles(places: LabPlaces): LabFiles {
  return {
    text: readText,
    write: async (file, text) => {
      await makeFolder(dirname(file));
      await writeText(file, text);
    },
    folder: (path) => new NodeLabFolder(path),
    beside: (file, path) => resolve(dirname(file), path),
    grammar: async (name) => {
      const text = await readText(join(places.corpora, `${name}.json`));
      return JSON.parse(text) as unknown;
    },
    model: (which) => nodeModelFiles(places[which]),
  };
}

class NodeLabFolder implements LabFolder {
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  open(name: string): ReturnType<LabFolder['open']> {
    return openNodeFile(join(this.name, name));
  }

  async isEmpty(): Promise<boolean> {
    const names = await readdir(this.name).catch(() => []);
    return names.length === 0;
  }

  async write(name: string, content: Parameters<LabFolder['write']>[1]): Promise<void> {
    await makeFolder(this.name);
    await writeWhole(join(this.name, name), content);
  }

  async append(name: string, text: string): Promise<void> {
    await makeFolder(this.name);
    const path = join(this.name, name);
    try {
      await appendFile(path, text);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  folder(name: string): LabFolder {
    return new NodeLabFolder(join(this.name, name));
  }
}

/** Throws `file-unreadable`, `file-too-large`, and `file-not-text` for what is not UTF-8. */
async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > textLimitBytes) {
      throw fail('file-too-large', { file, bytes: size, limitBytes: textLimitBytes });
    }
    const bytes = await readFile(file);
    // UTF-8 texts have no such byte; binary files nearly always do.
    if (bytes.includes(0)) throw fail('file-not-text', { file });
    return decode(bytes, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : fail('file-unreadable', { file, why: code });
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fail('file-not-text', { file });
  }
}
