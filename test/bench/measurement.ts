// How things are measured: rounds of all candidates interleaved, so that a slow moment of the machine hits each of them.

/** One line of the table and of the file. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'tokens/s' | 'GFLOP/s' | 'MB' | '%' | 'MB/s';
  /** What the value is compared with, measured in the same rounds. */
  readonly peer?: string;
  readonly peerValue?: number;
  /** How many times better than the peer: above 1 is better, whichever way the unit points. */
  readonly ratio?: number;
}

/** A thing to measure; the value returned, if any, is measured in place of the time it took. */
export type Candidate = () => Promise<number | undefined>;

/** Medians of several candidates. Each is run `warmUps` times first, then once in every round. */
export async function medians<Name extends string>(
  candidates: Readonly<Record<Name, Candidate>>,
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
): Promise<Record<Name, number>> {
  const names = Object.keys(candidates) as Name[];
  for (const name of names) for (let n = 0; n < warmUps; n++) await candidates[name]();
  const samples = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) samples.get(name)?.push(await sample(candidates[name]));
  }
  return Object.fromEntries(names.map((name) => [name, median(samples.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

/** CPU time of this process while the candidate runs, in ms: other processes of the machine do not count. */
async function sample(candidate: Candidate): Promise<number> {
  const start = process.cpuUsage();
  const value = await candidate();
  const { user, system } = process.cpuUsage(start);
  return value ?? (user + system) / 1000;
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('nothing was measured');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** A measurement beside its peer's. */
export function against(
  measured: Pick<Measurement, 'name' | 'value' | 'unit'>,
  peer: string,
  peerValue: number,
): Measurement {
  const isRate = measured.unit.endsWith('/s');
  const ratio = isRate ? measured.value / peerValue : peerValue / measured.value;
  return { ...measured, peer, peerValue, ratio };
}

/** The measurements as a table for people. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ name, value, unit, peer, peerValue, ratio }) => [
    name,
    `${figure(value)} ${unit}`,
    peer === undefined || peerValue === undefined ? '' : `${peer}: ${figure(peerValue)} ${unit}`,
    ratio === undefined ? '' : `× ${figure(ratio)}`,
  ]);
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Three significant digits, without an exponent. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
