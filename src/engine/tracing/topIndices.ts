/**
 * The indices of the `count` largest values, largest first, ties by rising index; all of them when there are fewer.
 * One pass with a short sorted list: meant for a handful out of many.
 */
export function topIndices(values: ArrayLike<number>, count: number): Int32Array {
  const size = Math.min(count, values.length);
  const best = new Int32Array(size);
  if (size === 0) return best;
  let filled = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (filled === size && !(value > values[best[size - 1]])) continue;
    let place = filled < size ? filled++ : size - 1;
    while (place > 0 && value > values[best[place - 1]]) {
      best[place] = best[place - 1];
      place--;
    }
    best[place] = index;
  }
  return best;
}

/** 1 for the largest value; among equals the smaller index ranks first. */
export function rankOf(values: ArrayLike<number>, index: number): number {
  const own = values[index];
  let rank = 1;
  for (let other = 0; other < values.length; other++) {
    if (values[other] > own || (values[other] === own && other < index)) rank++;
  }
  return rank;
}
