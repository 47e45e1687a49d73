import { fail } from '../../protocol/failures';
import { AddedTokens } from './addedTokens';
import { byteCharacters } from './byteAlphabet';
import type { ByteLevelParts } from './byteLevelBpe';
import { PairTable } from './pairTable';
import { makeSplitter } from './splitter';
import type { TokenizerDescription } from './tokenizerFile';
import { makeVocabularyTable } from './vocabulary';

/** The parts of a tokenizer that a file describes. Throws `tokenizer-unsupported` for merges that make no token. */
export function describedParts(description: TokenizerDescription): ByteLevelParts {
  const { entries, added, file, wholePieces } = description;
  return {
    file,
    vocabulary: makeVocabularyTable(entries, added),
    added: new AddedTokens(added),
    splitter: makeSplitter(description.stages, file),
    rules: makePairTable(description),
    byteIds: Int32Array.from(byteCharacters, (character) => entries.get(character) ?? -1),
    wholePiece: wholePieces ? (bytes) => entries.get(entryOf(bytes)) ?? -1 : () => -1,
  };
}

function entryOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byteCharacters[byte]).join('');
}

/**
 * The merges as ids. Of the right side of a merge the first `prefix` code units, which say that it stands inside a word,
 * are not part of what is made.
 */
export function makePairTable(
  description: Pick<TokenizerDescription, 'entries' | 'merges' | 'file'>,
  prefix = 0,
): PairTable {
  const { entries, merges, file } = description;
  const idOf = (entry: string, rank: number): number => {
    const id = entries.get(entry);
    if (id !== undefined) return id;
    throw fail('tokenizer-unsupported', { file, what: `model.merges[${rank}]: ${entry}` });
  };
  const rules = {
    left: Int32Array.from(merges, ([left], rank) => idOf(left, rank)),
    right: Int32Array.from(merges, ([, right], rank) => idOf(right, rank)),
    merged: Int32Array.from(merges, ([left, right], rank) =>
      idOf(left + right.slice(prefix), rank),
    ),
  };
  return new PairTable(rules);
}
