/**
 * The indices of an array by falling value, ties by rising index, found only as far as they are asked for: the first few
 * of 50,257 logits cost one pass and a few heap steps instead of a full sort.
 */
export class FallingOrder {
  readonly #values: ArrayLike<number>;
  /** A binary heap with the next index at 0; `#found` are those already taken off. */
  readonly #heap: Int32Array;
  #size: number;
  readonly #found: number[] = [];

  constructor(values: ArrayLike<number>) {
    this.#values = values;
    this.#size = values.length;
    this.#heap = new Int32Array(values.length);
    for (let index = 0; index < values.length; index++) this.#heap[index] = index;
    for (let node = (this.#size >> 1) - 1; node >= 0; node--) this.#sink(node);
  }

  get length(): number {
    return this.#values.length;
  }

  /** The index at a zero-based rank below `length`. */
  at(rank: number): number {
    while (this.#found.length <= rank) this.#found.push(this.#take());
    return this.#found[rank];
  }

  /** The first `count` indices, or all when there are fewer. */
  first(count: number): Int32Array {
    return Int32Array.from({ length: Math.min(count, this.length) }, (_, rank) => this.at(rank));
  }

  #take(): number {
    const top = this.#heap[0];
    this.#size--;
    this.#heap[0] = this.#heap[this.#size];
    this.#sink(0);
    return top;
  }

  #sink(start: number): void {
    const heap = this.#heap;
    let node = start;
    for (;;) {
      let child = 2 * node + 1;
      if (child >= this.#size) return;
      if (child + 1 < this.#size && this.#precedes(heap[child + 1], heap[child])) child++;
      if (!this.#precedes(heap[child], heap[node])) return;
      const moved = heap[node];
      heap[node] = heap[child];
      heap[child] = moved;
      node = child;
    }
  }

  #precedes(a: number, b: number): boolean {
    const difference = this.#values[a] - this.#values[b];
    return difference > 0 || (difference === 0 && a < b);
  }
}
