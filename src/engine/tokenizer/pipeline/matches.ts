import { fail } from '../../../protocol/failures';

/** All matches of a pattern. Throws `text-too-large` where V8 runs out of stack in a run of millions of characters. */
export function matchesOf(text: string, pattern: RegExp): readonly RegExpExecArray[] {
  try {
    return [...text.matchAll(pattern)];
  } catch {
    throw fail('text-too-large', { characters: text.length, limit: surelyMatched });
  }
}

/** A run of this length has been seen to pass, even of characters outside the basic plane. */
const surelyMatched = 1_000_000;
