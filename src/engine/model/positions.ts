import type { Chunks } from '../devices/device';

/**
 * The sinusoidal position table [context, width] (Vaswani et al. 2017, section 3.5):
 * PE(p, 2i) = sin(p / 10000^(2i/C)), PE(p, 2i + 1) = cos of the same.
 */
export async function* sinusoidChunks(context: number, width: number): Chunks {
  for (let position = 0; position < context; position++) {
    const values = new Float32Array(width);
    for (let c = 0; c < width; c++) values[c] = sinusoid(position, c, width);
    yield await Promise.resolve({ offset: position * width, values });
  }
}

/** One value of the sinusoidal table, in float64. */
export function sinusoid(position: number, channel: number, width: number): number {
  const angle = position / 10_000 ** ((channel - (channel % 2)) / width);
  return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
}

/** The positions past … past + rows − 1, as row numbers of a position table. */
export function consecutive(past: number, rows: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => past + row);
}
