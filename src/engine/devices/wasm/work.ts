/** How an operation can be cut: units that are independent of each other. */
export interface Work {
  readonly units: number;
  /** Parts are this many units or a multiple of it, the last one excepted. */
  readonly multiple: number;
  /** About how long the whole takes on one thread. */
  readonly nanoseconds: number;
}

/**
 * One argument of a kernel: a number for all parts alike, one that moves on by `step` with every unit, the number of
 * units in the part, or the room of the thread that computes it.
 */
export type Argument = number | Moving | 'units' | 'scratch';

interface Moving {
  readonly at: number;
  readonly step: number;
}

/** About what a multiply-add of a product of many rows takes. */
export const productNs = 0.045;
/** The same of one row, for which the weights come from memory. */
export const streamedNs = 0.1;
/** About what an element of anything else takes. */
export const elementNs = 1;

/** Work of a length of elements that do not depend on each other. */
export function elements(units: number): Work {
  return { units, multiple: 64, nanoseconds: units * elementNs };
}

/** Work of rows of elements. */
export function rowsOf(units: number, columns: number): Work {
  return { units, multiple: 1, nanoseconds: units * columns * elementNs };
}

/** An address that moves on by so many float32 elements with every unit. */
export function moving(address: number, elementsPerUnit: number): Moving {
  return { at: address, step: elementsPerUnit * 4 };
}

/** The number of the part's first unit. */
export const nextUnit: Argument = { at: 0, step: 1 };
