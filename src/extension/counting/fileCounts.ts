/** Tokens of files, counted once for each content and tokenizer: a file that comes back or is copied costs nothing. */
import { createHash } from 'node:crypto';
import type { Progress } from '../../protocol/health';
import { textOfFile } from './fileText';

export interface FileCount {
  readonly tokens: number;
  readonly bytes: number;
}

export interface CountingParts {
  readonly read: (path: string) => Promise<Uint8Array>;
  readonly count: (
    text: string,
    work: { readonly signal: AbortSignal; readonly onProgress?: (progress: Progress) => void },
  ) => Promise<number>;
}

/** Counts remembered; each takes some hundred bytes. */
const mostKept = 50_000;

export class FileCounts {
  /** By tokenizer and content. */
  readonly #known = new Map<string, number>();

  /** What an earlier session knew; nonsense is left out. */
  restore(stored: unknown): void {
    if (typeof stored !== 'object' || stored === null) return;
    for (const [key, tokens] of Object.entries(stored)) {
      if (Number.isSafeInteger(tokens) && /^[\w-]{27} /.test(key)) {
        this.#known.set(key, tokens as number);
      }
    }
  }

  store(): Record<string, number> {
    return Object.fromEntries([...this.#known].slice(-mostKept));
  }

  /** Undefined for a file that is no text. `tokenizer` names it, its version included. */
  async count(
    file: { readonly path: string; readonly tokenizer: string },
    parts: CountingParts,
    work: Parameters<CountingParts['count']>[1],
  ): Promise<FileCount | undefined> {
    const content = await parts.read(file.path);
    const key = `${createHash('sha1').update(content).digest('base64url')} ${file.tokenizer}`;
    const known = this.#known.get(key);
    if (known !== undefined) return { tokens: known, bytes: content.length };
    const text = textOfFile(content);
    if (text === undefined) return undefined;
    const tokens = await parts.count(text, work);
    this.#known.set(key, tokens);
    return { tokens, bytes: content.length };
  }
}
