/**
 * All pieces of a corpus as one row of symbols in which neighbours are merged, with the counts of all pairs kept up to
 * date. Each different piece is there once and weighs as much as it occurs; symbols of two pieces are never neighbours.
 */
export class MergeText {
  /** Symbol at a place; −1 behind the end of a piece and where a symbol was merged away. */
  readonly #symbols: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Occurrences of the piece that a place belongs to. */
  readonly #weights: Float64Array;
  readonly #counts = new Map<number, number>();
  /** Places of pairs that came into being since they were last taken. */
  #fresh = new Map<number, number[]>();

  /** `pieces`: the symbols of each piece, and its weight. */
  constructor(pieces: readonly { readonly symbols: ArrayLike<number>; readonly weight: number }[]) {
    const length = pieces.reduce((sum, { symbols }) => sum + symbols.length + 1, 0);
    this.#symbols = new Int32Array(length).fill(-1);
    this.#next = Int32Array.from({ length }, (_, place) => place + 1);
    this.#previous = Int32Array.from({ length }, (_, place) => place - 1);
    this.#weights = new Float64Array(length);
    let place = 0;
    for (const { symbols, weight } of pieces) {
      this.#symbols.set(symbols, place);
      this.#weights.fill(weight, place, place + symbols.length);
      for (let i = 0; i + 1 < symbols.length; i++)
        this.#appear(symbols[i], symbols[i + 1], place + i);
      place += symbols.length + 1;
    }
  }

  /** Occurrences of a pair; overlapping ones count each. */
  count(left: number, right: number): number {
    return this.#counts.get(keyOf(left, right)) ?? 0;
  }

  /** Pairs that appeared somewhere since the last call, with the places, and their counts now. */
  *takeFresh(): Iterable<{ left: number; right: number; count: number; places: number[] }> {
    const fresh = this.#fresh;
    this.#fresh = new Map();
    for (const [key, places] of fresh) {
      const count = this.#counts.get(key) ?? 0;
      const [left, right] = [Math.floor(key / symbolLimit), key % symbolLimit];
      if (count > 0) yield { left, right, count, places };
    }
  }

  /** Joins the pair at those of the places where it still stands, from left to right. */
  merge(pair: { left: number; right: number; places: readonly number[] }, into: number): void {
    const { left, right, places } = pair;
    for (const place of places) {
      if (this.#symbols[place] !== left) continue;
      const second = this.#next[place];
      if (this.#symbols[second] === right) this.#join(place, second, into);
    }
  }

  #join(place: number, second: number, into: number): void {
    const symbols = this.#symbols;
    const [left, right] = [symbols[place], symbols[second]];
    const before = this.#previous[place];
    const after = this.#next[second];
    const hasBefore = before >= 0 && symbols[before] >= 0;
    const hasAfter = after < symbols.length && symbols[after] >= 0;
    symbols[place] = into;
    symbols[second] = -1;
    this.#next[place] = after;
    if (after < symbols.length) this.#previous[after] = place;
    if (hasBefore) {
      this.#disappear(symbols[before], left, place);
      this.#appear(symbols[before], into, before);
    }
    if (hasAfter) {
      this.#disappear(right, symbols[after], place);
      this.#appear(into, symbols[after], place);
    }
  }

  #appear(left: number, right: number, place: number): void {
    const key = keyOf(left, right);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + this.#weights[place]);
    const places = this.#fresh.get(key);
    if (places === undefined) this.#fresh.set(key, [place]);
    else places.push(place);
  }

  #disappear(left: number, right: number, place: number): void {
    const key = keyOf(left, right);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) - this.#weights[place]);
  }
}

const symbolLimit = 2 ** 24;

/** Both symbols as one number below 2⁴⁸. */
function keyOf(left: number, right: number): number {
  return left * symbolLimit + right;
}
