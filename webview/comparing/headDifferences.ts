/** How far the weights of each head moved: told by the engine where both runs are its own, else computed for one block. */
import { weightsMoved } from '../../src/protocol/pairedWeights';
import { part, range } from '../picture/at';
import type { Inspector } from '../view';
import { blocks, type Compared } from './compared';

export interface HeadDifferences {
  /** [rows, columns]: blocks by heads. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly firstBlock: number;
}

/** Above this many weights of a block in one of two models they are not fetched for their sum alone. */
const mostWeights = 2 ** 20;

export function headDifferences(
  inspector: Inspector,
  compared: Compared,
): HeadDifferences | undefined {
  if (inspector.other.hasOwnModel) return ofBlock(inspector, compared);
  const { layers, heads } = compared.a.model.config;
  const values = runDifference(inspector, compared)?.heads;
  return values && { values, rows: layers, columns: heads, firstBlock: 0 };
}

/** What the engine says about two of its own runs. */
export function runDifference({ numbers, other }: Inspector, { a, b }: Compared) {
  const pairs = other.pairs.value;
  return numbers.askOf(b.run.run, 'difference', { from: a.run.run, pairs });
}

function ofBlock(inspector: Inspector, { a, b }: Compared): HeadDifferences | undefined {
  const { block } = inspector.place.value;
  const [ours, theirs] = [a.model.config, b.model.config];
  const most = Math.max(ours.heads * a.length ** 2, theirs.heads * b.length ** 2);
  if (block >= Math.min(ours.layers, theirs.layers) || most > mostWeights) return undefined;
  const both = blocks(inspector, `blocks.${String(block)}.attn.pattern`, []);
  const [before, after] = [both.a, both.b];
  if (!before || !after) return undefined;
  const pairs = inspector.other.pairs.value;
  const side = (offset: 0 | 1): Int32Array =>
    Int32Array.from(pairs.filter((_, i) => i % 2 === offset));
  const paired = {
    count: pairs.length / 2,
    before: side(0),
    after: side(1),
    lengths: [a.length, b.length] as const,
  };
  const columns = Math.min(ours.heads, theirs.heads);
  const values = Float32Array.from(range(columns), (head) =>
    weightsMoved({ before: part(before, head), after: part(after, head) }, paired),
  );
  return { values, rows: 1, columns, firstBlock: block };
}
