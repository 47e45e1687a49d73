import { fail } from '../../protocol/failures';
import type { ModelFiles } from './byteSource';

/**
 * A small file of a model folder as parsed JSON, or undefined when there is none. Throws `file-too-large` before reading
 * anything, and `json-malformed`.
 */
export async function readJson(
  files: ModelFiles,
  name: string,
  limitBytes: number,
): Promise<unknown> {
  const text = await readText(files, name, limitBytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw fail('json-malformed', { file: name, why: printable((error as Error).message) });
  }
}

/** Of a binary file the message would hold bytes that move a terminal's cursor. */
function printable(message: string): string {
  return message.replaceAll(/\p{Cc}/gu, '\ufffd');
}

/** The same as UTF-8 text, without a byte order mark. */
export async function readText(
  files: ModelFiles,
  name: string,
  limitBytes: number,
): Promise<string | undefined> {
  const source = await files.open(name);
  if (source === undefined) return undefined;
  try {
    if (source.size > limitBytes) {
      throw fail('file-too-large', { file: name, bytes: source.size, limitBytes });
    }
    return new TextDecoder().decode(await source.read(0, source.size));
  } finally {
    await source.close();
  }
}
