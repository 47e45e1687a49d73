import * as v from 'valibot';
import type { RunHistory, RunNews, StepColumns, TensorStatistics } from '../../protocol/labApi';
import { readText } from '../files/readJson';
import { textParts, type LabFolder } from './labHost';

/** One step as it is kept. */
export interface StepRow {
  readonly step: number;
  readonly nats: number;
  readonly gradientNorm: number;
  readonly rate: number;
  readonly ms: number;
}

const fileName = 'log.jsonl';
const columnNames = ['nats', 'gradientNorm', 'rate', 'ms'] as const;

/** Everything that a run has told, in memory and as lines of JSON beside the run. Steps are told in bundles. */
export class RunLog {
  /** What a log file tells up to a step; what came behind a checkpoint will come again. */
  static async read(folder: LabFolder, upTo: number): Promise<RunLog> {
    const log = new RunLog(folder);
    const text = (await readText(folder, fileName, 1 << 29)) ?? '';
    for (const line of text.split('\n')) {
      const entry = parseLine(line);
      if (entry !== undefined && entry.step <= upTo) log.#keep(entry);
    }
    await log.#rewrite();
    return log;
  }

  readonly #folder: LabFolder;
  #entries: Entry[] = [];
  /** Steps that were not told yet. */
  #untold: StepRow[] = [];
  /** Lines that are not written yet. */
  #unwritten = '';

  constructor(folder: LabFolder) {
    this.#folder = folder;
  }

  /** Forgets what came behind a step, in the file too: it will come again. */
  async rewind(step: number): Promise<void> {
    this.#entries = this.#entries.filter((entry) => entry.step <= step);
    this.#untold = [];
    this.#unwritten = '';
    await this.#rewrite();
  }

  addStep(row: StepRow): void {
    this.#add({ kind: 'row', ...row });
    this.#untold.push(row);
  }

  add(entry: Exclude<Entry, { kind: 'row' }>): void {
    this.#add(entry);
  }

  /** Steps since the last call as one bundle. */
  takeSteps(): StepColumns | undefined {
    const rows = this.#untold;
    this.#untold = [];
    return columnsOf(rows);
  }

  async flush(): Promise<void> {
    const lines = this.#unwritten;
    this.#unwritten = '';
    if (lines !== '') await this.#folder.append(fileName, lines);
  }

  get rows(): readonly StepRow[] {
    return this.#entries.flatMap((entry) => (entry.kind === 'row' ? [entry] : []));
  }

  get snapshots(): readonly number[] {
    return this.#entries.flatMap((entry) => (entry.kind === 'snapshot' ? [entry.step] : []));
  }

  history(after: number): RunHistory {
    const entries = this.#entries.filter(({ step }) => step > after || after === 0);
    const rows: StepRow[] = [];
    const statistics: TensorStatistics[] = [];
    const validations: RunHistory['validations'][number][] = [];
    const samples: RunHistory['samples'][number][] = [];
    const snapshots: number[] = [];
    for (const entry of entries) {
      if (entry.kind === 'row') rows.push(entry);
      else if (entry.kind === 'statistics') statistics.push(entry.statistics);
      else if (entry.kind === 'validation') validations.push(entry);
      else if (entry.kind === 'sample') samples.push(entry.sample);
      else snapshots.push(entry.step);
    }
    return { steps: columnsOf(rows), statistics, validations, samples, snapshots };
  }

  #add(entry: Entry): void {
    this.#keep(entry);
    this.#unwritten += lineOf(entry);
  }

  async #rewrite(): Promise<void> {
    await this.#folder.write(fileName, textParts(this.#entries.map(lineOf).join('')));
  }

  #keep(entry: Entry): void {
    this.#entries.push(entry);
  }
}

type Told = Extract<RunNews, { kind: 'validation' | 'snapshot' }>;
type Entry =
  | ({ readonly kind: 'row' } & StepRow)
  | Told
  | { readonly kind: 'statistics'; readonly step: number; readonly statistics: TensorStatistics }
  | {
      readonly kind: 'sample';
      readonly step: number;
      readonly sample: RunHistory['samples'][number];
    };

function columnsOf(rows: readonly StepRow[]): StepColumns | undefined {
  if (rows.length === 0) return undefined;
  const [nats, gradientNorm, rate, ms] = columnNames.map((name) =>
    Float32Array.from(rows, (row) => row[name]),
  );
  return { first: rows[0].step, nats, gradientNorm, rate, ms };
}

function lineOf(entry: Entry): string {
  const plain = (_: string, value: unknown): unknown =>
    value instanceof Float32Array ? Array.from(value) : value;
  return `${JSON.stringify(entry, plain)}\n`;
}

/** JSON writes NaN and infinities as null. */
const number = v.pipe(
  v.nullable(v.number()),
  v.transform((value) => value ?? Number.NaN),
);
const floats = v.pipe(
  v.array(number),
  v.transform((values) => Float32Array.from(values)),
);
const step = v.number();
const validation = v.object({
  natsPerToken: number,
  bitsPerByte: v.optional(number),
  tokens: v.number(),
});
const activations = v.array(
  v.object({
    name: v.string(),
    mean: number,
    deviation: number,
    largest: number,
    zeros: number,
  }),
);
const entrySchema = v.variant('kind', [
  v.object({
    kind: v.literal('row'),
    step,
    nats: number,
    gradientNorm: number,
    rate: number,
    ms: number,
  }),
  v.object({ kind: v.literal('validation'), step, validation }),
  v.object({ kind: v.literal('snapshot'), step }),
  v.object({
    kind: v.literal('statistics'),
    step,
    statistics: v.object({
      step,
      weightNorm: floats,
      gradientNorm: floats,
      updateRatio: floats,
      activations,
    }),
  }),
  v.object({
    kind: v.literal('sample'),
    step,
    sample: v.object({ step, prompt: v.string(), continuation: v.string() }),
  }),
]);

/** Undefined for a line that was cut off when its writer ended. */
function parseLine(line: string): Entry | undefined {
  try {
    const parsed = v.safeParse(entrySchema, JSON.parse(line));
    return parsed.success ? (parsed.output as Entry) : undefined;
  } catch {
    return undefined;
  }
}
