import type { Merge } from '../../protocol/tokens';

/**
 * Writes down the merges of one piece, round by round. Merges of one rank that follow one another are one round: they
 * are the places where the best pair stood.
 */
export class MergeTrail {
  readonly rounds: Merge[] = [];
  readonly #cuts: Set<number>;
  readonly #ends: Map<number, number>;
  #rank = -1;
  #joined: number[] = [];

  /** `length` is the piece's in bytes. */
  constructor(length: number) {
    const inner = Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
    this.#cuts = new Set(inner);
    this.#ends = new Map([0, ...inner].map((start) => [start, start + 1]));
  }

  /** Takes one merge: the part at `position` is joined to the one after it. */
  add(rank: number, position: number): void {
    if (rank !== this.#rank) this.close();
    this.#rank = rank;
    this.#joined.push(position);
    const cut = this.#ends.get(position);
    if (cut === undefined) return;
    this.#cuts.delete(cut);
    this.#ends.set(position, this.#ends.get(cut) ?? cut);
  }

  /** Ends the round. Cuts stay in rising order, for a Set keeps the order of insertion. */
  close(): void {
    if (this.#joined.length === 0) return;
    this.rounds.push({ rank: this.#rank, cuts: [...this.#cuts], joined: this.#joined });
    this.#joined = [];
  }
}
