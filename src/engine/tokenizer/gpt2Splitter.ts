import { CharacterKinds } from './characterKinds';

/** The expression by which GPT-2 splits. Source: openai/gpt-2, src/encoder.py, `self.pat`. */
export const gpt2Source =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * How GPT-2 cuts a text into pieces before it merges bytes: contractions, then words, numbers and the rest, each with
 * the one space before it, then white space. Written out rather than run as an expression, for V8 runs out of stack in a
 * run of some million letters; it takes about as long.
 */
export class Gpt2Splitter {
  readonly #kinds = new CharacterKinds();

  /** Pieces that joined are the text. The text is well-formed. */
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
   * Whether a piece ends before `index` in every text that has the characters of this one there.
   *
   * No alternative matches anything but white space before white space, a letter before what is neither letter nor
   * space, or a number before a non-number; letters follow other characters only in a contraction, after an apostrophe.
   * There is no look-behind, and the one look-ahead is about white space before a non-space, which is never a cut here.
   * So where one of these kinds meets another, a piece ends, the piece before does not depend on what follows, nor the
   * reverse.
   */
  safeCut(text: string, index: number): boolean {
    const left = this.#kinds.at(text, startOfCharacterBefore(text, index));
    const right = this.#kinds.at(text, index);
    if (left === 'unknown' || right === 'unknown') return false;
    if (left === right || left === 'space') return false;
    return !(right === 'letter' && text.charAt(index - 1) === "'");
  }

  #endOfPiece(text: string, start: number): number {
    const contraction = text.charAt(start) === "'" ? contractionAt(text, start) : undefined;
    if (contraction !== undefined) return start + contraction.length;
    const first = this.#startsWithSpace(text, start) ? start + 1 : start;
    const end = this.#endOfRun(text, first);
    if (this.#kinds.at(text, first) !== 'space') return end;
    // The last white space before something else is left over: a space goes with what follows, others stand alone.
    return end < text.length && end - first > 1 ? end - 1 : end;
  }

  /** Whether here stands one space that belongs to what follows. */
  #startsWithSpace(text: string, start: number): boolean {
    if (text.charAt(start) !== ' ') return false;
    const next = this.#kinds.at(text, start + 1);
    return next !== 'space' && next !== 'unknown';
  }

  #endOfRun(text: string, start: number): number {
    const kind = this.#kinds.at(text, start);
    let end = start;
    while (end < text.length && this.#kinds.at(text, end) === kind) end += unitsAt(text, end);
    return end;
  }
}

/** In the order of the expression, which takes the first that fits. */
const contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

function contractionAt(text: string, start: number): string | undefined {
  return contractions.find((contraction) => text.startsWith(contraction, start));
}

/** Code units of the character at `index` of a well-formed text. */
function unitsAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit < 0xdc00 ? 2 : 1;
}

function startOfCharacterBefore(text: string, index: number): number {
  return (text.codePointAt(index - 2) ?? 0) > 0xffff ? index - 2 : index - 1;
}
