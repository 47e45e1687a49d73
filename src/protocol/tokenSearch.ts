/** Finding tokens of a vocabulary by text, bytes, id or a regular expression, the same wherever one can search. */
import type { Outcome } from './engineApi';
import { fail } from './failures';
import type { VocabularyTable } from './tokens';

export const searchKinds = ['text', 'bytes', 'id', 'expression'] as const;
export type SearchKind = (typeof searchKinds)[number];

export interface TokenSearch {
  readonly kind: SearchKind;
  readonly typed: string;
}

/** A search for all entries of a vocabulary that a regular expression finds. */
export interface ExpressionSearch {
  readonly typed: string;
  readonly table: Pick<VocabularyTable, 'bytes' | 'offsets'>;
}

/** Ids by rising order. */
export type ExpressionAnswer = Outcome<Uint32Array>;

/** What a search looks at. */
export interface SearchedToken {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Bytes that are no character as U+FFFD. */
  readonly text: string;
}

/**
 * What a single field means: `#464` is an id, `0x20 67` bytes, `/^ g.*l$/i` an expression, anything else text. Bytes of
 * half a digit are still being typed, and are text.
 */
export function readSearch(typed: string): TokenSearch {
  const id = /^#(\d+)$/.exec(typed)?.[1];
  if (id !== undefined) return { kind: 'id', typed: id };
  const hex = /^0x([0-9a-f\s]+)$/i.exec(typed)?.[1];
  if (hex !== undefined && bytesOfHex(hex) !== undefined) return { kind: 'bytes', typed: hex };
  if (slashed.test(typed)) return { kind: 'expression', typed };
  return { kind: 'text', typed };
}

/**
 * Whether a token is found. Text and bytes may stand anywhere in it; nothing typed finds every token. Throws
 * `search-no-id`,
 * `search-no-bytes` or `search-no-expression`.
 */
export function matcherOf({ kind, typed }: TokenSearch): (token: SearchedToken) => boolean {
  if (typed === '') return () => true;
  switch (kind) {
    case 'text':
      return ({ text }) => text.includes(typed);
    case 'id': {
      const wanted = /^#?(\d+)$/.exec(typed.trim())?.[1];
      if (wanted === undefined) throw fail('search-no-id', { typed });
      return ({ id }) => id === Number(wanted);
    }
    case 'bytes': {
      const wanted = bytesOfHex(typed);
      if (wanted === undefined) throw fail('search-no-bytes', { typed });
      return ({ bytes }) => holds(bytes, wanted);
    }
    case 'expression': {
      const expression = expressionOf(typed);
      return ({ text }) => expression.test(text);
    }
  }
}

const slashed = /^\/(.+)\/([ims]*)$/s;

/** `pattern`, or `/pattern/flags`. */
function expressionOf(typed: string): RegExp {
  const [, source = typed, flags = ''] = slashed.exec(typed) ?? [];
  try {
    return new RegExp(source, `${flags}u`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fail('search-no-expression', { typed: source, why });
  }
}

/** Undefined for what is not whole bytes. */
function bytesOfHex(typed: string): Uint8Array | undefined {
  const digits = typed.replace(/^\s*0x/i, '').replaceAll(/\s/g, '');
  if (!/^([0-9a-f]{2})+$/i.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, n) =>
    parseInt(digits.slice(2 * n, 2 * n + 2), 16),
  );
}

function holds(bytes: Uint8Array, wanted: Uint8Array): boolean {
  for (let start = 0; start + wanted.length <= bytes.length; start++) {
    let same = 0;
    while (same < wanted.length && bytes[start + same] === wanted[same]) same++;
    if (same === wanted.length) return true;
  }
  return false;
}
