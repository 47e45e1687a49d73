import { contractionLength, endOfRest, endOfSpace, isLineEnd } from './encodingRuns';
import { LetterKinds } from './letterKinds';
import type { Splitter } from './splitter';

/**
 * How o200k_base cuts a text, written out as GPT-2's is. With `upper` for `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, `lower` for
 * `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, `short` for `(?i:'s|'t|'re|'ve|'m|'ll|'d)?` and `lead` for `[^\r\n\p{L}\p{N}]?` it is
 * `lead upper* lower+ short|lead upper+ lower* short|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
 * Source: openai/tiktoken, tiktoken_ext/openai_public.py.
 */
export class O200kSplitter implements Splitter {
  readonly #kinds = new LetterKinds();

  split(text: string): string[] {
    const pieces: string[] = [];
    for (let start = 0; start < text.length;) {
      const end = this.#endOfPiece(text, start);
      pieces.push(text.slice(start, end));
      start = end;
    }
    return pieces;
  }

  /** As in cl100k_base, but a letter may have a contraction or a mark after it. */
  safeCut(text: string, index: number): boolean {
    const left = this.#kinds.at(text, index - 1);
    if (!isUpper(left) && !isLower(left) && left !== 'number') return false;
    if (left === 'mark' || text.charAt(index) === "'") return false;
    const right = this.#kinds.at(text, index);
    return right === 'space' || right === 'other';
  }

  #endOfPiece(text: string, start: number): number {
    const word = this.#endOfWord(text, start);
    if (word > start) return word + contractionLength(text, word);
    if (this.#kinds.at(text, start) === 'number') return this.#endOfNumber(text, start);
    const rest = text.charAt(start) === ' ' ? start + 1 : start;
    const end = this.#endOf(text, rest, isRest);
    if (end > rest) return endOfRest(text, end, '\r\n/');
    return endOfSpace(text, start, this.#endOf(text, start, isSpace));
  }

  /** `start` where no word is. Each alternative is tried with a leading character first, then without. */
  #endOfWord(text: string, start: number): number {
    const kind = this.#kinds.at(text, start);
    const leads =
      (kind === 'space' || kind === 'other' || kind === 'mark') && !lineEndAt(text, start);
    const starts = leads ? [start + unitsAt(text, start), start] : [start];
    for (const from of starts) {
      const end = this.#endOfLower(text, from);
      if (end > from) return end;
    }
    for (const from of starts) {
      const end = this.#endOf(text, from, isUpper);
      if (end > from) return end;
    }
    return start;
  }

  /**
   * End of `upper* lower+`. The first takes as much as it can; where no small letter follows, it gives back until what it
   * gave back is of both classes, and that one is all that `lower+` gets.
   */
  #endOfLower(text: string, from: number): number {
    const upper = this.#endOf(text, from, isUpper);
    if (this.#kinds.at(text, upper) === 'lower') return this.#endOf(text, upper, isLower);
    let end = upper;
    while (end > from) {
      const last = startOfLast(text, end);
      if (this.#kinds.at(text, last) !== 'upper') return end;
      end = last;
    }
    return from;
  }

  #endOfNumber(text: string, start: number): number {
    let end = start;
    for (let count = 0; count < 3 && this.#kinds.at(text, end) === 'number'; count++) {
      end += unitsAt(text, end);
    }
    return end;
  }

  #endOf(text: string, start: number, takes: (kind: Kind) => boolean): number {
    let end = start;
    while (end < text.length && takes(this.#kinds.at(text, end))) end += unitsAt(text, end);
    return end;
  }
}

type Kind = ReturnType<LetterKinds['at']>;

const isUpper = (kind: Kind): boolean => kind === 'upper' || kind === 'letter' || kind === 'mark';
const isLower = (kind: Kind): boolean => kind === 'lower' || kind === 'letter' || kind === 'mark';
const isRest = (kind: Kind): boolean => kind === 'other' || kind === 'mark';
const isSpace = (kind: Kind): boolean => kind === 'space';

function lineEndAt(text: string, index: number): boolean {
  return isLineEnd(text.charCodeAt(index));
}

/** Code units of the character at `index` of a well-formed text. */
function unitsAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

function startOfLast(text: string, end: number): number {
  return (text.codePointAt(end - 2) ?? 0) > 0xffff ? end - 2 : end - 1;
}
