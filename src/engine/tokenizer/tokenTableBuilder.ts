import type { TokenTable } from '../../protocol/tokens';

/** The tokens of a stretch of text. */
export interface EncodedPiece {
  readonly ids: ArrayLike<number>;
  /** Bytes of each token; their sum is the length of the stretch in UTF-8. */
  readonly lengths: ArrayLike<number>;
}

/** A stretch of the text; it starts where the one before ended. */
export interface Stretch {
  readonly encoded: EncodedPiece;
  /** UTF-16 range in the text; it starts and ends between characters. */
  readonly start: number;
  readonly end: number;
}

/**
 * Collects tokens in the order of the text and works out where each lies, in bytes and in whole characters.
 *
 * Tokens that tear characters are numbered through from one character boundary to the next, so that a token with the end
 * of one character and the start of another belongs to the same parts as both its neighbours.
 */
export class TokenTableBuilder {
  readonly #text: string;
  #capacity: number;
  #count = 0;
  #byteLength = 0;
  #columns: Columns;

  /** The text has no unpaired surrogates. */
  constructor(text: string) {
    this.#text = text;
    this.#capacity = Math.max(16, Math.ceil(text.length / 2));
    this.#columns = makeColumns(this.#capacity);
  }

  add(stretch: Stretch): void {
    const { ids, lengths } = stretch.encoded;
    if (this.#count + ids.length > this.#capacity) this.#grow(this.#count + ids.length);
    const from = this.#count;
    const columns = this.#columns;
    const start = this.#byteLength;
    let byte = start;
    for (let token = 0; token < ids.length; token++) {
      columns.ids[from + token] = ids[token];
      columns.byteStarts[from + token] = byte;
      byte += lengths[token];
    }
    this.#byteLength = byte;
    this.#count = from + ids.length;
    if (byte - start === stretch.end - stretch.start) this.#placeAscii(from, stretch);
    else this.#place(from, stretch);
  }

  /** The table of everything that was added; it owns its columns. */
  finish(): TokenTable {
    const columns = makeColumns(this.#count);
    copyColumns(this.#columns, columns, this.#count);
    return { ...columns, byteLength: this.#byteLength };
  }

  /** One byte, one character, one code unit. */
  #placeAscii(from: number, { start, encoded }: Stretch): void {
    const { starts, ends, parts } = this.#columns;
    const { lengths } = encoded;
    let at = start;
    for (let token = 0; token < lengths.length; token++) {
      starts[from + token] = at;
      at += lengths[token];
      ends[from + token] = at;
      parts[from + token] = 1;
    }
  }

  #place(from: number, { start, encoded }: Stretch): void {
    const { lengths } = encoded;
    const { starts, ends } = this.#columns;
    let characterStart = start;
    let characterEnd = start + unitsAt(this.#text, start);
    let bytesLeft = bytesAt(this.#text, start);
    let group = from;
    for (let row = from; row < this.#count; row++) {
      starts[row] = characterStart;
      let needed = lengths[row - from];
      while (needed > bytesLeft) {
        needed -= bytesLeft;
        characterStart = characterEnd;
        characterEnd += unitsAt(this.#text, characterStart);
        bytesLeft = bytesAt(this.#text, characterStart);
      }
      bytesLeft -= needed;
      ends[row] = characterEnd;
      if (bytesLeft > 0) continue;
      this.#number(group, row + 1);
      group = row + 1;
      characterStart = characterEnd;
      if (group === this.#count) break;
      characterEnd += unitsAt(this.#text, characterStart);
      bytesLeft = bytesAt(this.#text, characterStart);
    }
  }

  /** Rows [from, to) lie between two character boundaries with none between them. 255 stands for 255 and more. */
  #number(from: number, to: number): void {
    for (let row = from; row < to; row++) {
      this.#columns.part[row] = Math.min(row - from, 254);
      this.#columns.parts[row] = Math.min(to - from, 255);
    }
  }

  #grow(atLeast: number): void {
    this.#capacity = Math.max(atLeast, this.#capacity * 2);
    const columns = makeColumns(this.#capacity);
    copyColumns(this.#columns, columns, this.#count);
    this.#columns = columns;
  }
}

type Columns = Omit<TokenTable, 'byteLength'>;

function makeColumns(length: number): Columns {
  return {
    ids: new Int32Array(length),
    starts: new Uint32Array(length),
    ends: new Uint32Array(length),
    part: new Uint8Array(length),
    parts: new Uint8Array(length),
    byteStarts: new Uint32Array(length),
  };
}

function copyColumns(from: Columns, to: Columns, count: number): void {
  to.ids.set(from.ids.subarray(0, count));
  to.starts.set(from.starts.subarray(0, count));
  to.ends.set(from.ends.subarray(0, count));
  to.part.set(from.part.subarray(0, count));
  to.parts.set(from.parts.subarray(0, count));
  to.byteStarts.set(from.byteStarts.subarray(0, count));
}

/** Code units of the character at `index` of a well-formed text. */
function unitsAt(text: string, index: number): number {
  return isHighSurrogate(text.charCodeAt(index)) ? 2 : 1;
}

/** UTF-8 bytes of the character at `index` of a well-formed text. */
function bytesAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return isHighSurrogate(unit) ? 4 : 3;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
