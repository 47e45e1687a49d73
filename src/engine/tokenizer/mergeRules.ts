import { fail } from '../../protocol/failures';
import { PairTable } from './pairTable';
import type { TokenizerDescription } from './tokenizerFile';

/** The merges as ids. Throws `tokenizer-unsupported` where a merge joins or makes what is no entry. */
export function makePairTable(description: TokenizerDescription): PairTable {
  const { entries, merges, file } = description;
  const idOf = (entry: string, rank: number): number => {
    const id = entries.get(entry);
    if (id !== undefined) return id;
    throw fail('tokenizer-unsupported', { file, what: `model.merges[${rank}]: ${entry}` });
  };
  const rules = {
    left: Int32Array.from(merges, ([left], rank) => idOf(left, rank)),
    right: Int32Array.from(merges, ([, right], rank) => idOf(right, rank)),
    merged: Int32Array.from(merges, ([left, right], rank) => idOf(left + right, rank)),
  };
  return new PairTable(rules);
}
