/**
 * SentencePiece's compiled table of replacements (Kudo & Richardson 2018, section 3.4), as a tokenizer.json carries it: the
 * byte length of a double-array trie (Aoe 1989), the trie in units of 32 bits, and what keys become, each text ended by a
 * zero byte. Source: huggingface/spm_precompiled, src/lib.rs; the trie is that of s-yata/darts-clone.
 */
export class CharsMap {
  readonly #units: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** Undefined for bytes that are no such table. */
  static read(bytes: Uint8Array): CharsMap | undefined {
    if (bytes.length < 4) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getUint32(0, true);
    if (length === 0 || length % 4 !== 0 || 4 + length > bytes.length) return undefined;
    const units = Uint32Array.from({ length: length / 4 }, (_, n) =>
      view.getUint32(4 + 4 * n, true),
    );
    return new CharsMap(units, bytes.subarray(4 + length));
  }

  private constructor(units: Uint32Array, texts: Uint8Array) {
    this.#units = units;
    this.#texts = texts;
  }

  /**
   * What a text becomes by the shortest key that it begins with, the rest of it being dropped; undefined where no key fits.
   */
  replacement(text: string): string | undefined {
    const start = this.#find(this.#encoder.encode(text));
    if (start === undefined) return undefined;
    const end = this.#texts.indexOf(0, start);
    return this.#decoder.decode(this.#texts.subarray(start, end < 0 ? undefined : end));
  }

  /** Whether a space, with whatever follows it, stays a space with something behind it. */
  get keepsSpaces(): boolean {
    const becomes = this.replacement(' ');
    if (becomes !== undefined) return becomes.startsWith(' ');
    const space = offsetOf(this.#units[0]) ^ 0x20;
    const unit = this.#units[space];
    if (labelOf(unit) !== 0x20) return true;
    // Longer keys that begin with a space are not followed.
    const below = space ^ offsetOf(unit);
    for (let byte = 1; byte < 256; byte++) {
      if (labelOf(this.#units[below ^ byte]) === byte) return false;
    }
    return true;
  }

  #find(key: Uint8Array): number | undefined {
    let at = offsetOf(this.#units[0]);
    for (const byte of key) {
      if (byte === 0) return undefined;
      at ^= byte;
      const unit = this.#units[at];
      if (labelOf(unit) !== byte) return undefined;
      at ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) return this.#units[at] & 0x7fffffff;
    }
    return undefined;
  }
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}

/** Leaves have the highest bit set, and so the label of no byte; what lies beyond the trie has the label 0. */
function labelOf(unit: number): number {
  return (unit & 0x800000ff) >>> 0;
}
