import type { NumberBlock } from '../../src/protocol/runs';

/** Reading arrays of numbers whose shape is known, without a silent zero where the program is wrong. */

/** Element `index`. Throws a RangeError outside of the array: that is a mistake of the caller, never an unknown number. */
export function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) {
    throw new RangeError(`Index ${index} in an array of ${values.length}`);
  }
  return value;
}

/** The part of a block at fixed leading axes: `part(pattern [H,Q,K], head)` is [Q·K]. A view, not a copy. */
export function part(block: NumberBlock, ...index: readonly number[]): Float32Array {
  let start = 0;
  let size = block.values.length;
  index.forEach((position, axis) => {
    const length = at(block.shape, axis);
    if (position < 0 || position >= length) {
      throw new RangeError(`Index ${position} on axis ${axis} of ${length}`);
    }
    size /= length;
    start += position * size;
  });
  return block.values.subarray(start, start + size);
}

/** Index of the largest magnitude; −1 for an empty array. */
export function strongest(values: ArrayLike<number>): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    if (best < 0 || Math.abs(at(values, i)) > Math.abs(at(values, best))) best = i;
  }
  return best;
}

/** Largest magnitude; 0 for no numbers. */
export function largestMagnitude(...vectors: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const vector of vectors) {
    for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(at(vector, i)));
  }
  return largest;
}

/** Euclidean length. */
export function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}

/** Cosine of the angle between two vectors; NaN when one of them is zero. */
export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return dot(left, right) / (norm(left) * norm(right));
}

/** Σ leftᵢ · rightᵢ in float64. */
function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += at(left, i) * at(right, i);
  return sum;
}

/** 0, 1, … n − 1. */
export function range(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i);
}
