import { readFile } from 'node:fs/promises';
import { fail } from '../protocol/failures';
import type { CommandContext } from './command';

/**
 * The text without any change; a byte order mark is a character like others, for offsets count it. Throws `file-not-text`
 * for what is not UTF-8, since nobody could say which text its tokens would be of.
 */
export async function readInput(file: string, { terminal }: CommandContext): Promise<string> {
  const bytes = file === '-' ? await terminal.input() : await readWhole(file);
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    throw fail('file-not-text', { file });
  }
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fail('file-unreadable', { file, why: code ?? message });
  }
}
