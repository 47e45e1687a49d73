import type { ModelConfig } from '../../protocol/modelConfig';
import type { HeadStatistics } from '../../protocol/runs';
import type { Pace } from '../work';
import type { Traced } from './activation';
import type { Run } from './runs';

/** How each head of a run attends. Patterns that are not held are made in one pass and summed up as they come. */
export async function headStatistics(
  traced: Traced,
  run: Run,
  pace: Pace,
): Promise<HeadStatistics> {
  run.headStatistics ??= await sumUp(traced, run, pace);
  const { previous, first, itself, induction, entropyBits } = run.headStatistics;
  return {
    previous: previous.slice(),
    first: first.slice(),
    itself: itself.slice(),
    induction: induction.slice(),
    entropyBits: entropyBits.slice(),
  };
}

async function sumUp(traced: Traced, run: Run, pace: Pace): Promise<HeadStatistics> {
  const { config } = traced.decoder;
  const sums = new HeadSums(config, run.ids);
  const names = Array.from({ length: config.layers }, (_, block) => patternOf(block));
  await traced.runs.visit(run, names, {
    pace,
    visit: async (name, { values }) => {
      const block = names.indexOf(name);
      for (let head = 0; head < config.heads; head++) {
        sums.add({ block, head }, values, head * run.ids.length ** 2);
        await pace.pause();
      }
    },
  });
  return sums.statistics;
}

function patternOf(block: number): string {
  return `blocks.${block}.attn.pattern`;
}

/** What is counted of one head while its rows are read. */
interface Sums {
  previous: number;
  first: number;
  itself: number;
  induction: number;
  entropyBits: number;
  rows: number;
  inductionRows: number;
}

/**
 * How heads attend, summed up from their patterns, one head at a time and in any order.
 *
 * Means are over the query positions from 1 on: position 0 sees itself alone. `induction` follows Olsson et al. 2022
 * (prefix matching): the weight of query q on every key k ≤ q whose token before it, at k − 1 < q, is the token at q;
 * its mean is over the queries that have such a key. A mean over nothing is NaN.
 */
export class HeadSums {
  readonly #ids: Int32Array;
  readonly #heads: number;
  readonly #result: HeadStatistics;
  /** For each query, the keys that follow an earlier occurrence of its token. */
  readonly #successors: readonly (readonly number[])[];

  constructor(config: ModelConfig, ids: Int32Array) {
    this.#ids = ids;
    this.#heads = config.heads;
    const undefinedYet = (): Float32Array =>
      new Float32Array(config.layers * config.heads).fill(Number.NaN);
    this.#result = {
      previous: undefinedYet(),
      first: undefinedYet(),
      itself: undefinedYet(),
      induction: undefinedYet(),
      entropyBits: undefinedYet(),
    };
    this.#successors = successorsOf(ids);
  }

  /** Takes one head's pattern [Q, K] in, which starts at `offset` of `pattern`. */
  add(at: { block: number; head: number }, pattern: Float32Array, offset: number): void {
    const sums: Sums = {
      previous: 0,
      first: 0,
      itself: 0,
      induction: 0,
      entropyBits: 0,
      rows: 0,
      inductionRows: 0,
    };
    const tokens = this.#ids.length;
    for (let query = 1; query < tokens; query++) {
      const start = offset + query * tokens;
      addRow(sums, pattern.subarray(start, start + tokens), query);
      addInduction(sums, pattern.subarray(start, start + tokens), this.#successors[query]);
    }
    this.#set(at.block * this.#heads + at.head, sums);
  }

  /** The statistics of all heads that were added; the others are NaN. */
  get statistics(): HeadStatistics {
    return this.#result;
  }

  #set(head: number, sums: Sums): void {
    // With one token there are no rows, and 0 ÷ 0 is the NaN that says so.
    this.#result.previous[head] = sums.previous / sums.rows;
    this.#result.first[head] = sums.first / sums.rows;
    this.#result.itself[head] = sums.itself / sums.rows;
    this.#result.entropyBits[head] = sums.entropyBits / sums.rows;
    this.#result.induction[head] = sums.induction / sums.inductionRows;
  }
}

function addRow(sums: Sums, row: Float32Array, query: number): void {
  sums.rows++;
  sums.previous += row[query - 1];
  sums.first += row[0];
  sums.itself += row[query];
  let entropyBits = 0;
  for (const weight of row) {
    // 0·log 0 is 0 in the limit.
    if (weight > 0) entropyBits -= weight * Math.log2(weight);
  }
  sums.entropyBits += entropyBits;
}

function addInduction(sums: Sums, row: Float32Array, successors: readonly number[]): void {
  if (successors.length === 0) return;
  sums.inductionRows++;
  for (const key of successors) sums.induction += row[key];
}

function successorsOf(ids: Int32Array): number[][] {
  const seen = new Map<number, number[]>();
  return Array.from(ids, (id, query) => {
    const successors = seen.get(id) ?? [];
    const own = [...successors];
    seen.set(id, [...successors, query + 1]);
    return own;
  });
}
