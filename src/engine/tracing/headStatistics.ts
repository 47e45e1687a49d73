import type { ModelConfig } from '../../protocol/modelConfig';
import type { HeadStatistics } from '../../protocol/runs';
import { checkWhole } from '../ids';
import type { Pace } from '../work';
import type { Traced } from './activation';
import type { Run } from './runs';

/**
 * How the heads of a run attend, or those of one block. Patterns that are not held are made in one pass and summed up as
 * they come; that of a block alone by running the block. Throws `setting-invalid` for a block there is not.
 */
export async function headStatistics(
  traced: Traced,
  { run, block }: { readonly run: Run; readonly block?: number },
  pace: Pace,
): Promise<HeadStatistics> {
  const { layers } = traced.decoder.config;
  if (block !== undefined) checkWhole('block', block, [0, layers - 1]);
  const wanted = block === undefined ? Array.from({ length: layers }, (_, each) => each) : [block];
  const missing = wanted.filter((each) => !run.headStatistics.has(each));
  if (block === undefined) await sumUpAll(traced, { run, blocks: missing }, pace);
  else if (missing.length > 0) {
    const pattern = await traced.runs.activation(run, patternOf(block), pace);
    await sumUp(traced, { run, block, pattern: pattern.values }, pace);
  }
  return together(wanted.flatMap((each) => run.headStatistics.get(each) ?? []));
}

async function sumUpAll(
  traced: Traced,
  { run, blocks }: { readonly run: Run; readonly blocks: readonly number[] },
  pace: Pace,
): Promise<void> {
  const names = blocks.map(patternOf);
  await traced.runs.visit(run, names, {
    pace,
    visit: async (name, { values }) => {
      const block = blocks[names.indexOf(name)];
      await sumUp(traced, { run, block, pattern: values }, pace);
    },
  });
}

interface BlockPattern {
  readonly run: Run;
  readonly block: number;
  /** [H, Q, K] */
  readonly pattern: Float32Array;
}

async function sumUp(
  { decoder: { config } }: Traced,
  { run, block, pattern }: BlockPattern,
  pace: Pace,
): Promise<void> {
  const sums = new HeadSums(config, run.ids);
  for (let head = 0; head < config.heads; head++) {
    sums.add(head, pattern, head * run.ids.length ** 2);
    await pace.pause();
  }
  run.headStatistics.set(block, sums.statistics);
}

/** Blocks one after another, as arrays of their own. */
function together(blocks: readonly HeadStatistics[]): HeadStatistics {
  const joined = (of: (block: HeadStatistics) => Float32Array): Float32Array =>
    Float32Array.from(blocks.flatMap((block) => [...of(block)]));
  return {
    previous: joined(({ previous }) => previous),
    first: joined(({ first }) => first),
    itself: joined(({ itself }) => itself),
    same: joined(({ same }) => same),
    induction: joined(({ induction }) => induction),
    entropyBits: joined(({ entropyBits }) => entropyBits),
  };
}

function patternOf(block: number): string {
  return `blocks.${block}.attn.pattern`;
}

/** What is counted of one head while its rows are read. */
interface Sums {
  previous: number;
  first: number;
  itself: number;
  same: number;
  induction: number;
  entropyBits: number;
  rows: number;
  /** Queries whose token stands in the text before. */
  repeatedRows: number;
}

/**
 * How the heads of a block attend, summed up from their patterns, one head at a time and in any order.
 *
 * Means are over the query positions from 1 on: position 0 sees itself alone. `induction` follows Olsson et al. 2022
 * (prefix matching): the weight of query q on every key k ≤ q whose token before it, at k − 1 < q, is the token at q;
 * its mean is over the queries that have such a key. `same` is the weight on earlier occurrences of the query's own token
 * (duplicate token heads, Wang et al. 2022), over the queries that have one. A mean over nothing is NaN.
 */
export class HeadSums {
  readonly #ids: Int32Array;
  readonly #result: HeadStatistics;
  /** For each query, the keys before it that hold its token. */
  readonly #occurrences: readonly (readonly number[])[];

  constructor({ heads }: Pick<ModelConfig, 'heads'>, ids: Int32Array) {
    this.#ids = ids;
    const undefinedYet = (): Float32Array => new Float32Array(heads).fill(Number.NaN);
    this.#result = {
      previous: undefinedYet(),
      first: undefinedYet(),
      itself: undefinedYet(),
      same: undefinedYet(),
      induction: undefinedYet(),
      entropyBits: undefinedYet(),
    };
    this.#occurrences = occurrencesOf(ids);
  }

  /** Takes one head's pattern [Q, K] in, which starts at `offset` of `pattern`. */
  add(head: number, pattern: Float32Array, offset: number): void {
    const sums: Sums = {
      previous: 0,
      first: 0,
      itself: 0,
      same: 0,
      induction: 0,
      entropyBits: 0,
      rows: 0,
      repeatedRows: 0,
    };
    const tokens = this.#ids.length;
    for (let query = 1; query < tokens; query++) {
      const start = offset + query * tokens;
      addRow(sums, pattern.subarray(start, start + tokens), query);
      addRepeated(sums, pattern.subarray(start, start + tokens), this.#occurrences[query]);
    }
    this.#set(head, sums);
  }

  /** The statistics of all heads that were added, [H]; the others are NaN. */
  get statistics(): HeadStatistics {
    return this.#result;
  }

  #set(head: number, sums: Sums): void {
    // With one token there are no rows, and 0 ÷ 0 is the NaN that says so.
    this.#result.previous[head] = sums.previous / sums.rows;
    this.#result.first[head] = sums.first / sums.rows;
    this.#result.itself[head] = sums.itself / sums.rows;
    this.#result.entropyBits[head] = sums.entropyBits / sums.rows;
    this.#result.same[head] = sums.same / sums.repeatedRows;
    this.#result.induction[head] = sums.induction / sums.repeatedRows;
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

/** The weight on earlier occurrences of the query's token, and on what followed them. */
function addRepeated(sums: Sums, row: Float32Array, occurrences: readonly number[]): void {
  if (occurrences.length === 0) return;
  sums.repeatedRows++;
  for (const key of occurrences) {
    sums.same += row[key];
    sums.induction += row[key + 1];
  }
}

function occurrencesOf(ids: Int32Array): number[][] {
  const seen = new Map<number, number[]>();
  return Array.from(ids, (id, query) => {
    const before = seen.get(id) ?? [];
    seen.set(id, [...before, query]);
    return before;
  });
}
