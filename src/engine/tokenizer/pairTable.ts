import type { MergeRules } from './bytePairMerger';

/**
 * The merge rules as a hash table from a pair of ids to the rank of its merge: open addressing with linear probing in
 * one Int32Array, because a Map keyed by a combined number is several times slower at this size.
 */
export class PairTable implements MergeRules {
  readonly merged: Int32Array;
  readonly #slots: Int32Array;
  readonly #shift: number;

  /** Rule n, the merge of rank n, joins ids `left[n]` and `right[n]` to `merged[n]`; of equal pairs the last counts. */
  constructor(rules: {
    readonly left: Int32Array;
    readonly right: Int32Array;
    readonly merged: Int32Array;
  }) {
    const bits = Math.max(4, Math.ceil(Math.log2(rules.left.length + 1)) + 1);
    this.#shift = 32 - bits;
    this.#slots = new Int32Array(3 << bits).fill(-1);
    this.merged = rules.merged;
    for (let rank = 0; rank < rules.left.length; rank++) {
      const slot = this.#find(rules.left[rank], rules.right[rank]);
      this.#slots[slot] = rules.left[rank];
      this.#slots[slot + 1] = rules.right[rank];
      this.#slots[slot + 2] = rank;
    }
  }

  rank(left: number, right: number): number {
    return this.#slots[this.#find(left, right) + 2];
  }

  /** Where the pair is, or the free slot where it belongs. Multiplicative hashing (Knuth, TAOCP 3, section 6.4). */
  #find(left: number, right: number): number {
    const slots = this.#slots;
    let at = (Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b) >>> this.#shift) * 3;
    while (slots[at] !== -1 && (slots[at] !== left || slots[at + 1] !== right)) {
      at += 3;
      if (at === slots.length) at = 0;
    }
    return at;
  }
}
