import type { Device } from '../device';
import type { GpuLauncher, Handle } from './launcher';

interface Turn extends Pick<
  Parameters<Device['rotary']>[0],
  'rows' | 'headSize' | 'start' | 'base'
> {
  readonly direction: 1 | -1;
}

/**
 * Cosines and sines of the angles that rotary positions turn by, [rows, D/2], computed in float64: a GPU's own powers and
 * sines are too coarse for thousands of positions. One table is kept, for all blocks of a pass turn alike.
 */
export class RotaryAngles {
  readonly #launcher: GpuLauncher;
  #kept: { readonly key: string; readonly cosines: Handle; readonly sines: Handle } | undefined;

  constructor(launcher: GpuLauncher) {
    this.#launcher = launcher;
  }

  /** Handles that stay this object's, until others are asked for. */
  async handles(turn: Turn): Promise<{ readonly cosines: Handle; readonly sines: Handle }> {
    const key = [turn.rows, turn.headSize, turn.start, turn.base, turn.direction].join(' ');
    if (this.#kept?.key === key) return this.#kept;
    if (this.#kept !== undefined) {
      this.#launcher.release(this.#kept.cosines);
      this.#launcher.release(this.#kept.sines);
      this.#kept = undefined;
    }
    const cosines = await this.#launcher.upload(table(turn, Math.cos));
    const sines = await this.#launcher.upload(table(turn, Math.sin));
    this.#kept = { key, cosines, sines };
    return this.#kept;
  }
}

function table(
  { rows, headSize, start, base, direction }: Turn,
  of: (angle: number) => number,
): Float32Array {
  const half = headSize / 2;
  return Float32Array.from({ length: rows * half }, (_, cell) => {
    const d = cell % half;
    const position = start + (cell - d) / half;
    return of(direction * position * base ** ((-2 * d) / headSize));
  });
}
