import { readFile } from 'node:fs/promises';
import { fail } from '../protocol/failures';
import type { CommandContext } from './command';

/** The text without any change; a byte order mark is a character like others, for offsets count it. */
export async function readInput(file: string, { terminal }: CommandContext): Promise<string> {
  const bytes = file === '-' ? await terminal.input() : await readWhole(file);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fail('file-unreadable', { file, why: code ?? message });
  }
}
