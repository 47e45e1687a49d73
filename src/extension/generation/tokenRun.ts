/**
 * Many tokens without a key press for each: generated as fast as the model goes, written as fast as the editor takes it.
 * While one edit is under way the next tokens gather, so that a fast model makes few edits and a slow one an edit a token.
 */
import { failureOf } from '../../protocol/failures';
import type { Ending } from './generationStatus';
import { repetition } from './repetition';
import type { TreeNode } from './tokenTree';

export interface RunParts {
  readonly from: TreeNode;
  /** Most pieces that are generated. */
  readonly pieces: number;
  /** The piece after a node; undefined when the length limit is reached. */
  readonly next: (node: TreeNode, signal: AbortSignal) => Promise<TreeNode | undefined>;
  /** Writes everything up to a node; resolves to whether the document took it. */
  readonly write: (node: TreeNode) => Promise<void>;
  readonly onMade: (made: number) => void;
}

/** Resolves to why it ended. Rejects when generating or writing fails; what was written stays. */
export async function runTokens(parts: RunParts, signal: AbortSignal): Promise<Ending> {
  const writer = new GatheringWriter(parts.write);
  let node = parts.from;
  // Whoever goes on although the text goes round in circles was warned.
  const wasWarned = isRepeating(node);
  try {
    for (let made = 1; made <= parts.pieces; made++) {
      const next = await parts.next(node, signal);
      if (signal.aborted) return 'person';
      if (next === undefined) return 'length';
      node = next;
      if (node.piece.text !== '') writer.write(node);
      parts.onMade(node.tokenCount - parts.from.tokenCount);
      writer.throwIfFailed();
      if (node.piece.stopped !== undefined) return node.piece.stopped;
      if (!wasWarned && isRepeating(node)) return 'repetition';
    }
    return 'count';
  } catch (error) {
    if (signal.aborted && failureOf(error).code === 'cancelled') return 'person';
    throw error;
  } finally {
    await writer.settled(signal);
  }
}

function isRepeating({ tokens }: TreeNode): boolean {
  return repetition(tokens.map(({ id }) => id)) !== undefined;
}

/** One write at a time; of what came meanwhile only the newest counts, since a node holds all before it. */
class GatheringWriter {
  readonly #write: (node: TreeNode) => Promise<void>;
  #waiting: TreeNode | undefined;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(write: (node: TreeNode) => Promise<void>) {
    this.#write = write;
  }

  write(node: TreeNode): void {
    this.#waiting = node;
    this.#writing ??= this.#drain();
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** What waits is written too, unless it was cancelled. */
  async settled(signal: AbortSignal): Promise<void> {
    if (signal.aborted) this.#waiting = undefined;
    await this.#writing;
    this.throwIfFailed();
  }

  async #drain(): Promise<void> {
    try {
      for (let node = this.#take(); node !== undefined; node = this.#take()) {
        await this.#write(node);
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#writing = undefined;
  }

  #take(): TreeNode | undefined {
    const node = this.#waiting;
    this.#waiting = undefined;
    return node;
  }
}
