/**
 * UTF-8 one character at a time, with the bytes each came from. What is no character is kept as the bytes it is, cut
 * where a decoder would put one replacement character (Encoding Standard, "UTF-8 decoder": maximal subparts).
 */
export interface Utf8Character {
  /** Offset of the first byte. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** The character, or U+FFFD when the bytes are none. */
  readonly text: string;
  readonly valid: boolean;
  /** The bytes are the beginning of a character that the input ends in. */
  readonly unfinished: boolean;
}

export function decodeUtf8(bytes: Uint8Array): Utf8Character[] {
  const characters: Utf8Character[] = [];
  for (let start = 0; start < bytes.length;) {
    const { length, needed } = extent(bytes, start);
    const part = bytes.subarray(start, start + length);
    const valid = length === needed;
    characters.push({
      start,
      bytes: part,
      text: valid ? String.fromCodePoint(codePoint(part)) : '\ufffd',
      valid,
      unfinished: !valid && needed > 0 && start + length === bytes.length,
    });
    start += length;
  }
  return characters;
}

/** How many of the `needed` bytes of a character are there; `needed` is below 1 when none can come of them. */
function extent(bytes: Uint8Array, start: number): { length: number; needed: number } {
  const lead = bytes[start] ?? 0;
  if (lead < 0x80) return { length: 1, needed: 1 };
  if (lead < 0xc2 || lead > 0xf4) return { length: 1, needed: 0 };
  const needed = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let length = 1;
  while (length < needed && start + length < bytes.length) {
    const [low, high] = length === 1 ? secondByte(lead) : [0x80, 0xbf];
    const byte = bytes[start + length] ?? 0;
    if (byte < low || byte > high) return { length, needed: -1 };
    length++;
  }
  return { length, needed };
}

/** Range of the second byte: it excludes overlong forms, surrogates and what is beyond U+10FFFF. */
function secondByte(lead: number): readonly [number, number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}

function codePoint(bytes: Uint8Array): number {
  const lead = bytes[0] ?? 0;
  if (bytes.length === 1) return lead;
  let value = lead & (0xff >> (bytes.length + 1));
  for (const byte of bytes.subarray(1)) value = (value << 6) | (byte & 0x3f);
  return value;
}
