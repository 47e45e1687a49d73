import type { VocabularyTable } from '../../protocol/tokens';
import type { MergeRules } from './bytePairMerger';

/**
 * Merge rules of vocabularies whose ids are ranks: two tokens merge when their bytes, joined, are a token, and the lower
 * its id, the sooner. So two pairs that make the same token are of equal rank, and the leftmost goes first. A token is
 * found by a polynomial hash, for that of two tokens joined follows from theirs (Karp & Rabin 1987); what is found is
 * compared byte by byte.
 */
export class JoinTable implements MergeRules {
  readonly merged: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #offsets: Uint32Array;
  readonly #hashes: Int32Array;
  /** Base to the power of each token's length, modulo 2³². */
  readonly #powers: Int32Array;
  /** Open addressing with linear probing: ids, −1 where free. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  #longest = 0;

  /** Every id of the table is a rank, except the special ones and those without bytes. */
  constructor(table: VocabularyTable) {
    const count = table.offsets.length - 1;
    const bits = Math.max(4, Math.ceil(Math.log2(count + 1)) + 1);
    const special = new Set(table.special);
    this.merged = Int32Array.from({ length: count }, (_, id) => id);
    this.#bytes = table.bytes;
    this.#offsets = table.offsets;
    this.#hashes = new Int32Array(count);
    this.#powers = new Int32Array(count);
    this.#slots = new Int32Array(1 << bits).fill(-1);
    this.#shift = 32 - bits;
    for (let id = 0; id < count; id++) {
      if (this.#lengthOf(id) > 0 && !special.has(id)) this.#put(id);
    }
  }

  /** The id of what two tokens are joined, or −1 when that is none. */
  rank(left: number, right: number): number {
    const length = this.#lengthOf(left) + this.#lengthOf(right);
    if (length > this.#longest) return -1;
    const hash = (Math.imul(this.#hashes[left], this.#powers[right]) + this.#hashes[right]) | 0;
    for (let at = this.#home(hash); ; at = this.#after(at)) {
      const id = this.#slots[at];
      if (id < 0) return -1;
      if (this.#hashes[id] !== hash || this.#lengthOf(id) !== length) continue;
      if (this.#isJoined(id, left, right)) return id;
    }
  }

  /** The id of these bytes, or −1. */
  idOf(bytes: Uint8Array): number {
    if (bytes.length > this.#longest) return -1;
    const hash = hashOf(bytes, 0, bytes.length);
    for (let at = this.#home(hash); ; at = this.#after(at)) {
      const id = this.#slots[at];
      if (id < 0) return -1;
      if (this.#hashes[id] !== hash || this.#lengthOf(id) !== bytes.length) continue;
      if (bytes.every((byte, index) => byte === this.#bytes[this.#offsets[id] + index])) return id;
    }
  }

  #put(id: number): void {
    const length = this.#lengthOf(id);
    const hash = hashOf(this.#bytes, this.#offsets[id], this.#offsets[id + 1]);
    let power = 1;
    for (let index = 0; index < length; index++) power = Math.imul(power, base);
    this.#hashes[id] = hash;
    this.#powers[id] = power;
    this.#longest = Math.max(this.#longest, length);
    let at = this.#home(hash);
    while (this.#slots[at] >= 0) at = this.#after(at);
    this.#slots[at] = id;
  }

  #lengthOf(id: number): number {
    return this.#offsets[id + 1] - this.#offsets[id];
  }

  #home(hash: number): number {
    return Math.imul(hash, 0x9e3779b1) >>> this.#shift;
  }

  #after(at: number): number {
    return (at + 1) & (this.#slots.length - 1);
  }

  #isJoined(id: number, left: number, right: number): boolean {
    const between = this.#offsets[id] + this.#lengthOf(left);
    return this.#same(left, this.#offsets[id]) && this.#same(right, between);
  }

  /** Whether the bytes of a token stand at `at` as well. */
  #same(token: number, at: number): boolean {
    const from = this.#offsets[token];
    const to = this.#offsets[token + 1];
    for (let index = from; index < to; index++) {
      if (this.#bytes[index] !== this.#bytes[at + index - from]) return false;
    }
    return true;
  }
}

/** Odd, so that no power is 0 modulo 2³². */
const base = 0x01000193;

/** No byte counts as 0, so that leading ones change the hash. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0;
  for (let index = from; index < to; index++) hash = (Math.imul(hash, base) + bytes[index] + 1) | 0;
  return hash;
}
