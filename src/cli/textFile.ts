import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { TokenStream } from '../engine/training/batches';
import type { Tokenizer } from '../engine/tokenizer/tokenizer';
import { fail } from '../protocol/failures';

/** Whether a text may be cut before an index without changing what is made of either side. */
type SafeCut = (text: string, index: number) => boolean;

/**
 * A text file in parts of some megabytes, cut where that is safe, so that a file may be larger than any string. Throws
 * `file-unreadable`, and `file-not-text` for what is not UTF-8.
 */
export async function* textParts(file: string, safeCut: SafeCut): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw fail('file-not-text', { file });
    }
  };
  let rest = '';
  for await (const bytes of readBytes(file)) {
    const text = rest + decode(bytes);
    const cut = lastCut(text, safeCut);
    if (cut > 0) yield text.slice(0, cut);
    rest = text.slice(cut);
  }
  rest += decode();
  if (rest !== '') yield rest;
}

const partBytes = 4 * 1024 * 1024;

async function* readBytes(file: string): AsyncIterable<Uint8Array> {
  const stream = createReadStream(file, { highWaterMark: partBytes });
  try {
    // Without an encoding a stream gives buffers.
    for await (const bytes of stream) yield bytes as Buffer;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function lastCut(text: string, safeCut: SafeCut): number {
  let index = text.length - 1;
  while (index > 0 && !safeCut(text, index)) index--;
  return Math.max(0, index);
}

/** The first bytes of a file as text; a character that is cut off at their end is left out. */
export async function textStart(file: string, bytes: number): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const start = await readStart(file, bytes);
  try {
    // As if more came: what is no whole character yet stays in the decoder.
    return decoder.decode(start, { stream: true });
  } catch {
    throw fail('file-not-text', { file });
  }
}

async function readStart(file: string, bytes: number): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const start = new Uint8Array(Math.min(bytes, size));
      const { bytesRead } = await handle.read(start, 0, start.length, 0);
      return start.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** All tokens of a text file, two bytes each where that is enough. */
export async function tokensOfFile(
  file: string,
  tokenizer: Tokenizer,
  pause: () => Promise<void>,
): Promise<TokenStream> {
  const small = tokenizer.vocabulary.offsets.length - 1 <= 2 ** 16;
  const parts: TokenStream[] = [];
  for await (const text of textParts(file, (part, index) => tokenizer.safeCut(part, index))) {
    const { ids } = tokenizer.encode(text);
    parts.push(small ? Uint16Array.from(ids) : Uint32Array.from(ids));
    await pause();
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = small ? new Uint16Array(length) : new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function unreadable(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return fail('file-unreadable', { file, why: code ?? message });
}
