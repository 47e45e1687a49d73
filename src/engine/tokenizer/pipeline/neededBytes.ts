import { bytesOf } from './aligned';

/** Which of SentencePiece's tokens for single bytes, `<0x00>` to `<0xFF>`, some character without an entry is made of. */
export class NeededBytes {
  readonly #hasEntry: (character: string) => boolean;
  #needed: Uint8Array | undefined;

  constructor(hasEntry: (character: string) => boolean) {
    this.#hasEntry = hasEntry;
  }

  has(entry: string): boolean {
    const hex = /^<0x([0-9A-F]{2})>$/.exec(entry)?.[1];
    if (hex === undefined) return false;
    this.#needed ??= this.#find();
    return this.#needed[parseInt(hex, 16)] === 1;
  }

  /** Characters whose bytes are known to be needed are passed by, so that few are looked up. */
  #find(): Uint8Array {
    const needed = new Uint8Array(256);
    const bytes = new Uint8Array(4);
    for (let point = 0; point < 0x110000; point++) {
      if (point === 0xd800) point = 0xe000;
      const count = utf8(point, bytes);
      let isKnown = true;
      for (let n = 0; n < count; n++) isKnown &&= needed[bytes[n]] === 1;
      if (isKnown || this.#hasEntry(String.fromCodePoint(point))) continue;
      for (let n = 0; n < count; n++) needed[bytes[n]] = 1;
    }
    return needed;
  }
}

/** Writes the bytes of a code point and returns their number (RFC 3629, section 3). */
function utf8(point: number, into: Uint8Array): number {
  const count = bytesOf(point);
  if (count === 1) {
    into[0] = point;
    return 1;
  }
  let rest = point;
  for (let n = count - 1; n > 0; n--) {
    into[n] = 0x80 | (rest & 0x3f);
    rest >>= 6;
  }
  into[0] = ((0xf00 >> count) & 0xff) | rest;
  return count;
}
