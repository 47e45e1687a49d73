/**
 * Rows of an embedding on a plane: their first two principal directions, or as they are where they have two channels. The
 * directions of later weights are turned to those of earlier ones, so that a map that is scrubbed does not flip.
 */
import { PCA } from 'ml-pca';
import type { NumberBlock } from '../../../src/protocol/runs';
import { at } from '../../picture/at';

export interface Plane {
  /** Two directions of C numbers each; undefined where the channels are the axes. */
  readonly directions: readonly [Float64Array, Float64Array] | undefined;
  readonly means: Float64Array;
  /** Share of the variance that the two directions hold. */
  readonly share: number;
}

export function planeOf({ shape, values }: NumberBlock, before: Plane | undefined): Plane {
  const width = shape[1] ?? 0;
  const means = new Float64Array(width);
  if (width <= 2) return { directions: undefined, means, share: 1 };
  const rows = rowsOf(values, width);
  const pca = new PCA(rows, { method: 'covarianceMatrix' });
  const vectors = pca.getEigenvectors();
  const variance = pca.getExplainedVariance();
  const direction = (index: 0 | 1): Float64Array => {
    const found = Float64Array.from(vectors.getColumn(index));
    const old = before?.directions?.[index];
    const turns = old !== undefined && dot(found, old) < 0;
    return turns ? found.map((x) => -x) : found;
  };
  for (const row of rows) row.forEach((x, c) => (means[c] = at(means, c) + x / rows.length));
  return {
    directions: [direction(0), direction(1)],
    means,
    share: (variance[0] ?? 0) + (variance[1] ?? 0),
  };
}

/** [V, 2] */
export function flattened({ shape, values }: NumberBlock, plane: Plane): Float64Array {
  const [rows = 0, width = 0] = shape;
  const { directions, means } = plane;
  const out = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    const vector = values.subarray(row * width, (row + 1) * width);
    for (const axis of [0, 1] as const) {
      const along = directions?.[axis];
      let sum = along ? 0 : (vector[axis] ?? 0);
      if (along)
        for (let c = 0; c < width; c++) sum += (at(vector, c) - at(means, c)) * at(along, c);
      out[2 * row + axis] = sum;
    }
  }
  return out;
}

function rowsOf(values: Float32Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * at(b, i), 0);
}
