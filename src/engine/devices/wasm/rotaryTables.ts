import type { DeviceArray } from '../device';
import type { WasmMemory } from './wasmMemory';

/**
 * Cosines and sines of rotary positions (Su et al. 2021, eq. 34), computed once in float64 and kept on the device: every
 * block of every step rotates by the same angles.
 */
export class RotaryTables {
  readonly #memory: WasmMemory;
  readonly #tables = new Map<string, Table>();

  constructor(memory: WasmMemory) {
    this.#memory = memory;
  }

  /** Address of the row of position `start`; the rows of later positions follow, headSize floats each. */
  address(op: Positions): number {
    const key = `${op.base} ${op.headSize}`;
    let table = this.#tables.get(key);
    const positions = op.start + op.rows;
    if (table === undefined || table.positions < positions) {
      table = this.#replace(table, { ...op, rows: Math.max(positions, leastPositions) });
      this.#tables.set(key, table);
    }
    return this.#memory.address(table.array, op.start * rowLength(op.headSize));
  }

  /** Twice as many positions as needed, so that a growing text seldom needs a new table. */
  #replace(old: Table | undefined, op: Positions): Table {
    const positions = op.rows * 2;
    const values = rotaryAngles({ ...op, rows: positions });
    const array = this.#memory.allocate(values.length);
    this.#memory.write(array, 0, values);
    if (old !== undefined) this.#memory.free(old.array);
    return { array, positions };
  }
}

interface Positions {
  readonly start: number;
  readonly rows: number;
  readonly headSize: number;
  readonly base: number;
}

interface Table {
  readonly array: DeviceArray;
  readonly positions: number;
}

/** For each position below `rows` cos then sin of position·base^(−2d/D), d < D/2. */
function rotaryAngles({ rows, headSize, base }: Positions): Float32Array {
  const half = headSize >> 1;
  const table = new Float32Array(rows * rowLength(headSize));
  for (let d = 0; d < half; d++) {
    const frequency = base ** ((-2 * d) / headSize);
    for (let row = 0; row < rows; row++) {
      const angle = row * frequency;
      table[row * half * 2 + d] = Math.cos(angle);
      table[row * half * 2 + half + d] = Math.sin(angle);
    }
  }
  return table;
}

function rowLength(headSize: number): number {
  return (headSize >> 1) * 2;
}

const leastPositions = 64;
