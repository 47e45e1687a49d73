/** Finding tokens of a vocabulary by what a person types into one field. */
import { fail } from '../../protocol/failures';
import { matcherOf, readSearch } from '../../protocol/tokenSearch';
import type { Vocabulary } from '../tokens/vocabulary';
import type { ExpressionSearcher } from './expressionSearcher';

export interface FoundTokens {
  /** By rising id. */
  readonly ids: readonly number[];
  /** Whether there are more than are listed. */
  readonly cut: boolean;
}

/** Entries looked at between two breaths: a millisecond or two. */
const entriesPerBreath = 2000;

export interface SearchWork {
  readonly most: number;
  readonly signal: AbortSignal;
  readonly expressions: Pick<ExpressionSearcher, 'find'>;
}

/** Rejects with `search-no-expression`, `search-too-slow`, and `cancelled`. */
export async function searchVocabulary(
  vocabulary: Vocabulary,
  query: string,
  work: SearchWork,
): Promise<FoundTokens> {
  const search = readSearch(query);
  if (search.kind === 'expression') {
    const { table } = vocabulary;
    const ids = await work.expressions.find({ typed: search.typed, table }, work.signal);
    return { ids: Array.from(ids.subarray(0, work.most)), cut: ids.length > work.most };
  }
  const matches = matcherOf(search);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const ids: number[] = [];
  for (let id = 0; id < vocabulary.size; id++) {
    if (id % entriesPerBreath === 0) await breathe();
    if (work.signal.aborted) throw fail('cancelled', {});
    const bytes = vocabulary.bytes(id);
    if (bytes.length === 0 || !matches({ id, bytes, text: decoder.decode(bytes) })) continue;
    if (ids.length === work.most) return { ids, cut: true };
    ids.push(id);
  }
  return { ids, cut: false };
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
