import { positionOf, RankQueue, rankOf } from './rankQueue';

/** Told of every single merge: its rank, and the byte offset in the piece at which the joined part starts. */
export type MergeListener = (rank: number, position: number) => void;

/** Which tokens merge, into what, and which of them first. */
export interface MergeRules {
  /** Rank of the merge of two ids, or −1 when they do not merge. Of the merges that are possible the lowest is made. */
  rank(left: number, right: number): number;
  /** The id that the merge of each rank makes. */
  readonly merged: Int32Array;
}

/**
 * Byte-pair merging of one piece (Sennrich, Haddow & Birch 2016, section 3.2): again and again the pair of lowest rank,
 * of equal ones the leftmost, is joined, until no two neighbours are a pair. With a heap it takes O(n log n), so that a
 * run of 20,000 equal letters costs milliseconds. The parts are a linked list in arrays that are used again.
 */
export class BytePairMerger {
  readonly #rules: MergeRules;
  readonly #queue = new RankQueue();
  #length = 0;
  #ids = new Int32Array(64);
  #next = new Int32Array(64);
  #previous = new Int32Array(64);
  /** Rank of the pair that starts at a position; −1 where none does, or where the part was joined to the one before. */
  #ranks = new Int32Array(64);

  constructor(rules: MergeRules) {
    this.#rules = rules;
  }

  /** The ids that a piece, given as one id a byte, ends as; the caller owns them. */
  merge(symbols: Int32Array, listener?: MergeListener): Int32Array {
    return this.parts(symbols, listener).ids;
  }

  /** The same, and at which of the symbols each part starts. */
  parts(symbols: Int32Array, listener?: MergeListener): MergedParts {
    this.#start(symbols);
    for (let key = this.#queue.pop(); key >= 0; key = this.#queue.pop()) {
      const rank = rankOf(key);
      const position = positionOf(key);
      // What has changed since it was queued was queued anew.
      if (this.#ranks[position] !== rank) continue;
      this.#join(position, rank);
      listener?.(rank, position);
    }
    const parts = this.#parts();
    // A run of millions of letters takes a hundred megabytes that nobody needs afterwards.
    if (this.#ids.length > keptCapacity) this.#grow(keptCapacity);
    return parts;
  }

  #start(symbols: Int32Array): void {
    this.#length = symbols.length;
    if (symbols.length > this.#ids.length) this.#grow(symbols.length);
    this.#ids.set(symbols);
    for (let position = 0; position < symbols.length; position++) {
      this.#next[position] = position + 1;
      this.#previous[position] = position - 1;
      this.#look(position);
    }
  }

  #join(position: number, rank: number): void {
    const right = this.#next[position];
    const after = this.#next[right];
    this.#ids[position] = this.#rules.merged[rank];
    this.#next[position] = after;
    this.#ranks[right] = -1;
    if (after < this.#length) this.#previous[after] = position;
    this.#look(position);
    if (position > 0) this.#look(this.#previous[position]);
  }

  /** Queues the pair that starts here, if it is one. */
  #look(position: number): void {
    const right = this.#next[position];
    const rank =
      right < this.#length ? this.#rules.rank(this.#ids[position], this.#ids[right]) : -1;
    this.#ranks[position] = rank;
    if (rank >= 0) this.#queue.push(rank, position);
  }

  #parts(): MergedParts {
    let count = 0;
    for (let at = 0; at < this.#length; at = this.#next[at]) count++;
    const ids = new Int32Array(count);
    const starts = new Int32Array(count);
    for (let at = 0, part = 0; at < this.#length; at = this.#next[at], part++) {
      ids[part] = this.#ids[at];
      starts[part] = at;
    }
    return { ids, starts };
  }

  #grow(length: number): void {
    const capacity = 2 ** Math.ceil(Math.log2(length));
    this.#ids = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#ranks = new Int32Array(capacity);
  }
}

/** What a piece ended as; the caller owns it. */
interface MergedParts {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
}

const keptCapacity = 1 << 16;
