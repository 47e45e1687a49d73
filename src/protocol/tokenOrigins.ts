/**
 * How a tokenizer comes to an entry of its vocabulary:
 * `none`, there is no entry; `mark`, it is found in the text before anything else is done; `start`, the search begins
 * with it, as with a single byte, or falls back on it where nothing else fits; `alone`, its own text by itself becomes this
 * token; `inside`, the search makes it of its own parts, but of its text by itself come other tokens, or it is no whole text, so that it stands in longer texts if it
 * stands anywhere; `whole`, the search makes something else of its parts, and only a piece that is the entry as a whole is
 * taken for it; `never`, the search makes something else of its parts, so that no text has this token; `unknown`, no text
 * was found that has it, and that there is none is not proven.
 */
export const reaches = [
  'none',
  'mark',
  'start',
  'alone',
  'inside',
  'whole',
  'never',
  'unknown',
] as const;

export type Reach = (typeof reaches)[number];

/** How each entry comes about, by id: columns as long as the vocabulary. */
export interface TokenOrigins {
  /** Index in `reaches`. */
  readonly reach: Uint8Array;
  /** The last merge that makes the entry, its rank and the ids it joins; −1 where no merge makes it. */
  readonly ranks: Int32Array;
  readonly lefts: Int32Array;
  readonly rights: Int32Array;
  /** Natural log probabilities of a unigram vocabulary, NaN for ids without one; absent for other kinds. */
  readonly scores?: Float64Array;
}
