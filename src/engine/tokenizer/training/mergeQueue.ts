/** A pair waiting to be merged, with the places where it was seen when it was queued. */
export interface WaitingPair {
  readonly left: number;
  readonly right: number;
  /** How often the pair occurred when it was queued; it may have become rarer. */
  readonly count: number;
  readonly places: readonly number[];
}

/**
 * Pairs by count, the most frequent first; of equally frequent ones that with the lowest left id, then the lowest right
 * id. A binary heap.
 */
export class MergeQueue {
  readonly #pairs: WaitingPair[] = [];

  push(pair: WaitingPair): void {
    const pairs = this.#pairs;
    let at = pairs.length;
    pairs.push(pair);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesBefore(pair, pairs[parent])) break;
      pairs[at] = pairs[parent];
      at = parent;
    }
    pairs[at] = pair;
  }

  pop(): WaitingPair | undefined {
    const pairs = this.#pairs;
    const first = pairs[0];
    const last = pairs.pop();
    if (last === undefined || pairs.length === 0) return last;
    let at = 0;
    for (let child = 1; child < pairs.length; child = 2 * at + 1) {
      const right = child + 1;
      if (right < pairs.length && comesBefore(pairs[right], pairs[child])) child = right;
      if (!comesBefore(pairs[child], last)) break;
      pairs[at] = pairs[child];
      at = child;
    }
    pairs[at] = last;
    return first;
  }
}

function comesBefore(a: WaitingPair, b: WaitingPair): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left === b.left ? a.right < b.right : a.left < b.left;
}
