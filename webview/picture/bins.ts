import { at } from './at';

/** Squeezing more numbers than fit into fewer places, so that a strong one never vanishes. */

/** The numbers at index i·n/places … (i+1)·n/places, each place the one of largest magnitude (its sign kept). */
export function binVector(values: ArrayLike<number>, places: number): Float32Array {
  const bins = new Float32Array(Math.min(places, values.length));
  const perBin = values.length / bins.length;
  for (let i = 0; i < bins.length; i++) {
    const end = Math.ceil((i + 1) * perBin);
    let strong = at(values, Math.floor(i * perBin));
    for (let j = Math.floor(i * perBin); j < end && j < values.length; j++) {
      if (Math.abs(at(values, j)) > Math.abs(strong)) strong = at(values, j);
    }
    bins[i] = strong;
  }
  return bins;
}

/** A map with `factor × factor` cells in each place, NaN where all of them are masked. */
export interface BinnedMap {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly factor: number;
}

/** Whether a cell has no value; `from`, where it is given, says from which column on a row is masked, and that it is not before. */
export type MaskedCells = ((row: number, column: number) => boolean) & {
  readonly from?: (row: number) => number;
};

export interface MapSource {
  /** [rows, columns] */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** Masked cells have no value: they are hatched. */
  readonly masked?: MaskedCells;
}

/** Bins by largest magnitude to at most `places` rows and columns; masked cells become NaN. */
export function binMap({ values, rows, columns, masked }: MapSource, places: number): BinnedMap {
  const factor = Math.max(1, Math.ceil(Math.max(rows, columns) / places));
  const down = Math.ceil(rows / factor);
  const across = Math.ceil(columns / factor);
  const bins = new Float32Array(down * across).fill(Number.NaN);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const seen = Math.min(columns, masked?.from?.(row) ?? columns);
    const isMasked = masked?.from ? undefined : masked;
    let bin = Math.floor(row / factor) * across;
    for (let first = 0; first < seen; first += factor, bin++) {
      const end = Math.min(first + factor, seen);
      let strong = at(bins, bin);
      for (let column = first; column < end; column++) {
        if (isMasked?.(row, column)) continue;
        const value = values[start + column] ?? Number.NaN;
        if (Number.isNaN(strong) || Math.abs(value) > Math.abs(strong)) strong = value;
      }
      bins[bin] = strong;
    }
  }
  return { values: bins, rows: down, columns: across, factor };
}
