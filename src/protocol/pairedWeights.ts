/** How far weights of attention moved between two runs whose positions are paired. */

/** Which position of one run belongs to which of another. */
export interface PairedPositions {
  readonly count: number;
  /** Positions of either run, rising: [count] each. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Lengths of both runs. */
  readonly lengths: readonly [before: number, after: number];
}

/**
 * Half the sum of |after − before| over the keys of both runs, averaged over the paired queries: what the weights of one
 * head, [before, before] and [after, after], moved. A key without a counterpart weighs 0 on the other side.
 */
export function weightsMoved(
  of: { readonly before: Float32Array; readonly after: Float32Array },
  { count, before, after, lengths }: PairedPositions,
): number {
  if (count === 0) return Number.NaN;
  const [rows, columns] = lengths;
  // For each key of the other run the one that it belongs to, or −1.
  const counterpart = new Int32Array(columns).fill(-1);
  const isPaired = new Uint8Array(rows);
  for (let i = 0; i < count; i++) {
    counterpart[after[i] ?? -1] = before[i] ?? -1;
    isPaired[before[i] ?? -1] = 1;
  }
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const [here, there] = [(before[i] ?? 0) * rows, (after[i] ?? 0) * columns];
    for (let key = 0; key < columns; key++) {
      const other = counterpart[key] ?? -1;
      const was = other < 0 ? 0 : (of.before[here + other] ?? 0);
      sum += Math.abs((of.after[there + key] ?? 0) - was);
    }
    for (let key = 0; key < rows; key++) if (isPaired[key] === 0) sum += of.before[here + key] ?? 0;
  }
  return sum / 2 / count;
}
