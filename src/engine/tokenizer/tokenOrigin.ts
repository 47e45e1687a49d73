import type { Reach } from '../../protocol/tokenOrigins';
import type { BytePairMerger, MergeRules } from './bytePairMerger';
import type { Tokenizer } from './tokenizer';

/** How a tokenizer comes to one entry of its vocabulary. */
export interface TokenOrigin {
  readonly reach: Reach;
  /** The last merge that makes it. */
  readonly merge?: LastMerge;
  /** Natural log probability in a unigram vocabulary. */
  readonly score?: number;
}

/** How the search comes to an entry, whatever is done to a text before the search. */
export interface EntryOrigin extends Omit<TokenOrigin, 'reach'> {
  /** `made`: the search makes the entry of the entry's own parts. For the others see `reaches`. */
  readonly way: 'start' | 'made' | 'whole' | 'never' | 'unknown';
}

export interface LastMerge {
  readonly rank: number;
  readonly left: number;
  readonly right: number;
}

/** `isAlone` says whether the entry's text by itself becomes this token; asked only where that makes a difference. */
export function originOf({ way, ...more }: EntryOrigin, isAlone: () => boolean): TokenOrigin {
  if (way !== 'made') return { reach: way, ...more };
  return { reach: isAlone() ? 'alone' : 'inside', ...more };
}

/** Whether a text that has just these bytes becomes just this token. */
export function isAlone(
  tokenizer: Pick<Tokenizer, 'encode'>,
  id: number,
  bytes: Uint8Array,
): boolean {
  const text = textOf(bytes);
  if (text === undefined) return false;
  const { ids } = tokenizer.encode(text);
  return ids.length === 1 && ids[0] === id;
}

/** Undefined for bytes that are not whole characters. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The merge that makes token `id` of its own symbols; undefined where merging them ends as anything else. Then no text has
 * the token by merging: where a token comes out, no merge reached across its ends, so that inside them the same merges
 * were made in the same order as of its symbols alone.
 */
export function lastMerge(
  { merger, rules }: { readonly merger: BytePairMerger; readonly rules: MergeRules },
  symbols: Int32Array,
  id: number,
): LastMerge | undefined {
  const ends = Int32Array.from(symbols, (_, start) => start + 1);
  const parts = symbols.slice();
  let last: LastMerge | undefined;
  const { ids } = merger.parts(symbols, (rank, position) => {
    const cut = ends[position];
    last = { rank, left: parts[position], right: parts[cut] };
    ends[position] = ends[cut];
    parts[position] = rules.merged[rank];
  });
  return ids.length === 1 && ids[0] === id ? last : undefined;
}
