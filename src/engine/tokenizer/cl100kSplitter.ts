import { CharacterKinds } from './characterKinds';
import { contractionLength, endOfRest, endOfSpace, isLineEnd } from './encodingRuns';
import type { Splitter } from './splitter';

/** The expression of cl100k_base. Source: openai/tiktoken, tiktoken_ext/openai_public.py. */
export const cl100kSource =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" +
  '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** The same with every digit alone, as Qwen has it. Source: Qwen/Qwen2-7B, tokenizer.json. */
export const singleDigitSource = cl100kSource.replace('{1,3}', '');

/** How cl100k_base cuts a text: the expression written out, as GPT-2's is. */
export class Cl100kSplitter implements Splitter {
  readonly #kinds = new CharacterKinds();
  readonly #digits: number;

  /** Digits that stand together are one piece up to this number. */
  constructor(digits = 3) {
    this.#digits = digits;
  }

  split(text: string): string[] {
    const pieces: string[] = [];
    for (let start = 0; start < text.length;) {
      const end = this.#endOfPiece(text, start);
      pieces.push(text.slice(start, end));
      start = end;
    }
    return pieces;
  }

  /**
   * A letter or number ends a piece before white space and before what is neither: no alternative goes on from the one to
   * the other, and what begins there looks only forward. So does a sign before a space that ends no line.
   */
  safeCut(text: string, index: number): boolean {
    // Half a surrogate pair is of no known kind: no cut is made on either side of one.
    const left = this.#kinds.at(text, index - 1);
    const right = this.#kinds.at(text, index);
    if (left === 'letter' || left === 'number') return right === 'space' || right === 'other';
    return left === 'other' && right === 'space' && !isLineEnd(text.charCodeAt(index));
  }

  #endOfPiece(text: string, start: number): number {
    const contraction = contractionLength(text, start);
    if (contraction > 0) return start + contraction;
    const kind = this.#kinds.at(text, start);
    if (kind === 'letter') return this.#kinds.endOfRun(text, start);
    if (kind === 'number') return this.#kinds.endOfRun(text, start, this.#digits);
    const units = text.codePointAt(start) ?? 0;
    const next = start + (units > 0xffff ? 2 : 1);
    if (!isLineEnd(units) && this.#kinds.at(text, next) === 'letter') {
      return this.#kinds.endOfRun(text, next);
    }
    const rest = units === 0x20 ? next : start;
    if (this.#kinds.at(text, rest) === 'other') {
      return endOfRest(text, this.#kinds.endOfRun(text, rest), '\r\n');
    }
    return endOfSpace(text, start, this.#kinds.endOfRun(text, start));
  }
}
