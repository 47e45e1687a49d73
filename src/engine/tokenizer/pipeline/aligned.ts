import { matchesOf } from './matches';

/**
 * A text that was made of another, and where each code unit comes from. Ranges are bytes of the original text in UTF-8: a
 * character that is still the same has its own, what a change made has that of all it was made of, and what was put in
 * has an empty one.
 */
export interface Aligned {
  readonly text: string;
  /** By code unit; both halves of a surrogate pair have the range of the whole. */
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  /** 1 where the character is the one that stands in the original there, else 0. */
  readonly same: ArrayLike<number>;
}

/** A text as its own original. It is well-formed. */
export function alignOriginal(text: string): Aligned {
  const from = new Uint32Array(text.length);
  const to = new Uint32Array(text.length);
  let byte = 0;
  for (let index = 0; index < text.length;) {
    const point = text.codePointAt(index) ?? 0;
    const next = index + (point > 0xffff ? 2 : 1);
    const start = byte;
    byte += bytesOf(point);
    for (; index < next; index++) {
      from[index] = start;
      to[index] = byte;
    }
  }
  return { text, from, to, same: new Uint8Array(text.length).fill(1) };
}

/** UTF-8 bytes of a code point. */
export function bytesOf(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/** Code units [start, end). */
export function sliceAligned(source: Aligned, start: number, end: number): Aligned {
  if (start === 0 && end === source.text.length) return source;
  const from = Array.prototype.slice.call(source.from, start, end) as number[];
  const to = Array.prototype.slice.call(source.to, start, end) as number[];
  const same = Array.prototype.slice.call(source.same, start, end) as number[];
  return { text: source.text.slice(start, end), from, to, same };
}

/** Puts a changed text together, from left to right. */
export class AlignedBuilder {
  readonly #source: Aligned;
  readonly #texts: string[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #same: number[] = [];

  constructor(source: Aligned) {
    this.#source = source;
  }

  /** Code units [start, end) of the source as they are. */
  keep(start: number, end: number): void {
    const { text, from, to, same } = this.#source;
    this.#texts.push(text.slice(start, end));
    for (let index = start; index < end; index++) {
      this.#from.push(from[index]);
      this.#to.push(to[index]);
      this.#same.push(same[index]);
    }
  }

  /** `text` for code units [start, end) of the source; where there are none, it is put in before `start`. */
  replace(start: number, end: number, text: string): void {
    const { from, to } = this.#source;
    const first = start < from.length ? from[start] : (to[start - 1] ?? 0);
    const last = end > start ? to[end - 1] : first;
    this.put(text, first, last);
  }

  /** `text` that comes from bytes [from, to) of the original. */
  put(text: string, from: number, to: number): void {
    this.#texts.push(text);
    for (let index = 0; index < text.length; index++) {
      this.#from.push(from);
      this.#to.push(to);
      this.#same.push(0);
    }
  }

  finish(): Aligned {
    return { text: this.#texts.join(''), from: this.#from, to: this.#to, same: this.#same };
  }
}

/** Replaces every match, which is not empty, by what `change` makes of it; what it leaves as it is stays aligned. */
export function replaceMatches(
  source: Aligned,
  pattern: RegExp,
  change: (matched: string) => string,
): Aligned {
  const built = new AlignedBuilder(source);
  let at = 0;
  for (const match of matchesOf(source.text, pattern)) {
    const end = match.index + match[0].length;
    const changed = change(match[0]);
    if (changed === match[0]) continue;
    built.keep(at, match.index);
    built.replace(match.index, end, changed);
    at = end;
  }
  if (at === 0) return source;
  built.keep(at, source.text.length);
  return built.finish();
}

/** Character by character: the rule for a final sigma, which looks around, does not count. */
export function lowerCase(source: Aligned): Aligned {
  return replaceMatches(source, /\P{Lowercase_Letter}/gu, (character) => character.toLowerCase());
}

/** Before a text that is not empty. */
export function prepend(source: Aligned, text: string): Aligned {
  if (source.text === '') return source;
  const built = new AlignedBuilder(source);
  built.replace(0, 0, text);
  built.keep(0, source.text.length);
  return built.finish();
}
