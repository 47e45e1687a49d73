/**
 * Merges waiting to be made, as a binary heap of plain numbers: rank · 2³² + position, so that the smallest number is
 * the lowest rank and, of equal ranks, the leftmost place. Exact below 2²¹ ranks.
 */
export class RankQueue {
  #keys = new Float64Array(64);
  #size = 0;

  push(rank: number, position: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    const key = rank * positions + position;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#keys[parent] <= key) break;
      this.#keys[at] = this.#keys[parent];
      at = parent;
    }
    this.#keys[at] = key;
  }

  /** The smallest key, for `rankOf` and `positionOf`, or −1 when nothing waits. */
  pop(): number {
    if (this.#size === 0) return this.#rest();
    const smallest = this.#keys[0];
    const last = this.#keys[--this.#size];
    let at = 0;
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#keys[child + 1] < this.#keys[child]) child++;
      if (this.#keys[child] >= last) break;
      this.#keys[at] = this.#keys[child];
      at = child;
    }
    this.#keys[at] = last;
    return smallest;
  }

  /** Nothing waits: gives back what an unusually long piece took. */
  #rest(): number {
    if (this.#keys.length > keptCapacity) this.#keys = new Float64Array(keptCapacity);
    return -1;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
  }
}

const keptCapacity = 1 << 16;
const positions = 2 ** 32;

export function rankOf(key: number): number {
  return Math.floor(key / positions);
}

export function positionOf(key: number): number {
  return key % positions;
}
