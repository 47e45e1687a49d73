import { at } from './at';
import { rampLength } from './colour';

/** What a colour means: from a number to one of 256 levels of a ramp, and what the scale bar must say about it. */
export type Scale = SignedScale | ProbabilityScale;

export interface SignedScale {
  readonly kind: 'signed';
  /** Colours end at ±end. */
  readonly end: number;
  /** Largest magnitude of all numbers the scale was made for; above `end` when some lie beyond. */
  readonly top: number;
  /** True where no number is negative: half of the colours are then never used. */
  readonly positive?: true;
  /** How many numbers lie beyond `end`, of how many. */
  readonly beyond: number;
  readonly of: number;
}

/** Always 0 to 1; the position on the ramp is √p, so that small weights can be told apart. */
export interface ProbabilityScale {
  readonly kind: 'probability';
}

export const probabilityScale: ProbabilityScale = { kind: 'probability' };

/**
 * A scale over all numbers of some vectors, linear, zero neutral. When few numbers dwarf the rest (residual streams do
 * this: the largest is more than twice the 98.5th percentile) it ends at that percentile and says how many lie beyond.
 */
export function signedScale(...vectors: readonly ArrayLike<number>[]): SignedScale {
  const [first] = vectors;
  const known = first && scales.get(first);
  const isKnown =
    known?.vectors.length === vectors.length &&
    known.vectors.every((each, i) => each === vectors[i]);
  if (isKnown) return known.scale;
  const scale = scaleOf(vectors);
  if (first) scales.set(first, { vectors, scale });
  return scale;
}

/** The last scale of each first vector: views are drawn again and again with the same numbers, which never change. */
const scales = new WeakMap<
  ArrayLike<number>,
  { readonly vectors: readonly ArrayLike<number>[]; readonly scale: SignedScale }
>();

function scaleOf(vectors: readonly ArrayLike<number>[]): SignedScale {
  const magnitudes = magnitudesOf(vectors);
  const of = magnitudes.length;
  const top = magnitudes.reduce((most, x) => Math.max(most, x), 0);
  const near = of > 0 ? ranked(magnitudes, Math.floor(of * 0.985)) : 0;
  if (near === 0 || top <= 2 * near) return { kind: 'signed', end: top, top, beyond: 0, of };
  return { kind: 'signed', end: near, top, beyond: magnitudes.filter((x) => x > near).length, of };
}

function magnitudesOf(vectors: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(vectors.reduce((length, vector) => length + vector.length, 0));
  let to = 0;
  for (const vector of vectors) {
    for (let i = 0; i < vector.length; i++) all[to++] = Math.abs(at(vector, i));
  }
  return all;
}

/** The number that would stand at `rank` if the numbers were sorted; they change places (Hoare 1961, FIND). */
function ranked(numbers: Float64Array, rank: number): number {
  let [from, to] = [0, numbers.length - 1];
  while (from < to) {
    const pivot = at(numbers, rank);
    let [left, right] = [from, to];
    while (left <= right) {
      while (at(numbers, left) < pivot) left++;
      while (at(numbers, right) > pivot) right--;
      if (left > right) break;
      const moved = at(numbers, left);
      numbers[left++] = at(numbers, right);
      numbers[right--] = moved;
    }
    if (right < rank) from = left;
    if (left > rank) to = right;
  }
  return at(numbers, rank);
}

/** A scale whose end is known beforehand, such as the same end for several pictures. */
export function signedScaleTo(end: number): SignedScale {
  return { kind: 'signed', end, top: end, beyond: 0, of: 0 };
}

/** A scale of sizes, which are never negative; what is 0 or unknown has none and does not count. */
export function sizeScale(...sizes: readonly Float32Array[]): SignedScale {
  return { ...signedScale(...sizes.map((each) => each.filter((x) => x > 0))), positive: true };
}

/** The level 0–255 of a number on its ramp. Numbers beyond the end get the end; the scale says that there are some. */
export function levelOf(scale: Scale, x: number): number {
  const last = rampLength - 1;
  if (scale.kind === 'probability')
    return Math.round(last * Math.sqrt(Math.min(1, Math.max(0, x))));
  const t = scale.end > 0 ? 0.5 + x / scale.end / 2 : 0.5;
  return Math.round(last * Math.min(1, Math.max(0, t)));
}

/** Whether a number lies beyond the end of its scale. The tiny slack is for numbers that define the end. */
export function isBeyond(scale: Scale, x: number): boolean {
  return scale.kind === 'signed' && Math.abs(x) > scale.end * 1.0001;
}

/** The magnitude at which the colours end: 1 for probabilities. */
export function endOf(scale: Scale): number {
  return scale.kind === 'probability' ? 1 : scale.end;
}
