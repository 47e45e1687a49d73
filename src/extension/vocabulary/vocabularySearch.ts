/** Finding tokens of a vocabulary by what a person types: an id, bytes, a regular expression, or text. */
import { fail } from '../../protocol/failures';
import type { Vocabulary } from '../tokens/vocabulary';

export interface FoundTokens {
  /** By rising id. */
  readonly ids: readonly number[];
  /** Whether there are more than are listed. */
  readonly cut: boolean;
}

/** Entries looked at between two breaths: a millisecond or two. */
const entriesPerBreath = 2000;

/**
 * `#464` is an id, `0x20 67` bytes that the token holds, `/^ g.*l$/` an expression over its text, anything else text that
 * it holds. Throws `setting-invalid` for an expression that cannot be read, and `cancelled`.
 */
export async function searchVocabulary(
  vocabulary: Vocabulary,
  query: string,
  work: { readonly most: number; readonly signal: AbortSignal },
): Promise<FoundTokens> {
  const matches = matcherOf(vocabulary, query);
  const ids: number[] = [];
  for (let id = 0; id < vocabulary.size; id++) {
    if (id % entriesPerBreath === 0) await breathe();
    if (work.signal.aborted) throw fail('cancelled', {});
    if (vocabulary.bytes(id).length === 0 || !matches(id)) continue;
    if (ids.length === work.most) return { ids, cut: true };
    ids.push(id);
  }
  return { ids, cut: false };
}

function matcherOf(vocabulary: Vocabulary, query: string): (id: number) => boolean {
  const wanted = /^#(\d+)$/.exec(query)?.[1];
  if (wanted !== undefined) return (id) => id === Number(wanted);
  const hex = /^0x([0-9a-f\s]+)$/i.exec(query)?.[1]?.replaceAll(/\s/g, '');
  if (hex !== undefined && hex.length % 2 === 0) {
    const bytes = Buffer.from(hex, 'hex');
    return (id) => Buffer.from(vocabulary.bytes(id)).includes(bytes);
  }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const textOf = (id: number): string => decoder.decode(vocabulary.bytes(id));
  const source = /^\/(.+)\/$/s.exec(query)?.[1];
  if (source === undefined) return (id) => textOf(id).includes(query);
  const expression = expressionOf(source);
  return (id) => expression.test(textOf(id));
}

function expressionOf(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    const { message } = error as Error;
    throw fail('setting-invalid', { name: `/${source}/`, value: message, allowed: '/…/u' });
  }
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
