/**
 * Many tokens without a key press for each: generated as fast as the model goes, written as fast as the editor takes it.
 * While one edit is under way the next tokens gather, so that a fast model makes few edits and a slow one an edit a token.
 */
import { failureOf } from '../../protocol/failures';
import { GatheringWriter } from './gatheringWriter';
import type { Ending } from './generationStatus';
import { repetition, repetitionTokens } from './repetition';
import type { TreeNode } from './tokenTree';

export interface RunParts {
  readonly from: TreeNode;
  /** Most pieces that are generated. */
  readonly pieces: number;
  /** Some of the pieces after a node, one behind another, `most` at most; none when the length limit is reached. */
  readonly next: (node: TreeNode, most: number) => Promise<readonly TreeNode[]>;
  /** Writes everything up to a node; resolves when the document has taken it. */
  readonly write: (node: TreeNode) => Promise<void>;
  /** Tokens made so far; told of several at once. */
  readonly onMade: (made: number) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Resolves to why it ended. Rejects when generating or writing fails; what was written stays. */
export async function runTokens(parts: RunParts, signal: AbortSignal): Promise<Ending> {
  const writer = new GatheringWriter({ ...parts, signal });
  try {
    return await generateInto(writer, parts, signal);
  } catch (error) {
    if (signal.aborted && failureOf(error).code === 'cancelled') return 'person';
    throw error;
  } finally {
    await writer.settled();
  }
}

async function generateInto(
  writer: GatheringWriter,
  { from, pieces, next, onMade }: RunParts,
  signal: AbortSignal,
): Promise<Ending> {
  // Whoever goes on although the text goes round in circles was warned.
  const wasWarned = isRepeating(from);
  let node = from;
  for (let made = 0; made < pieces;) {
    const nodes = await next(node, pieces - made);
    if (signal.aborted) return 'person';
    if (nodes.length === 0) return 'length';
    for (node of nodes.slice(0, pieces - made)) {
      made++;
      if (node.piece.text !== '') writer.write(node);
      if (node.piece.stopped !== undefined) return node.piece.stopped;
      if (!wasWarned && isRepeating(node)) return 'repetition';
    }
    onMade(node.tokenCount - from.tokenCount);
    writer.throwIfFailed();
  }
  return 'count';
}

function isRepeating(node: TreeNode): boolean {
  return repetition(node.lastIds(repetitionTokens)) !== undefined;
}
