import { AddedTokens } from '../addedTokens';
import { Gpt2Splitter } from '../gpt2Splitter';

/** How often each piece of GPT-2's pattern occurs in what was read. */
export class PieceCounts {
  readonly #counts = new Map<string, number>();
  readonly #splitter = new Gpt2Splitter();
  readonly #special: AddedTokens;

  /** `special` tokens are no text: what lies between them is counted. */
  constructor(special: readonly string[]) {
    this.#special = new AddedTokens(
      special.map((content, id) => ({
        id,
        content,
        special: true,
        singleWord: false,
        stripLeft: false,
        stripRight: false,
        normalized: false,
      })),
    );
  }

  /** Adds a text; no piece reaches from one text into the next. */
  add(text: string): void {
    for (const { start, end, token } of this.#special.sections(text)) {
      if (token !== undefined) continue;
      for (const piece of this.#splitter.split(text.slice(start, end))) {
        this.#counts.set(piece, (this.#counts.get(piece) ?? 0) + 1);
      }
    }
  }

  /** Whether a text may be cut before `index` and its parts added one after another; see `Tokenizer.safeCut`. */
  safeCut(text: string, index: number): boolean {
    return this.#splitter.safeCut(text, index) && !this.#special.mayCross(text, index);
  }

  /** Pieces in the order in which they were first seen. */
  get entries(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
