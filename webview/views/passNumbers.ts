/** The numbers of the whole pass for some positions: states, the sizes of what was written, the strongest weights. */
import { norm, range } from '../picture/at';
import type { NumberBlock } from '../../src/protocol/runs';
import { signedScale, type SignedScale } from '../picture/scale';
import type { Inspector } from '../view';

/** What is not there yet is undefined. */
export interface PassNumbers {
  /** States [L + 1][column]: after the embedding, then after each block. */
  readonly states: readonly Rows[];
  /** Norms of what attention and the feed-forward network wrote, [L][column]. */
  readonly writes: readonly (readonly (Writes | undefined)[])[];
  /** How many of the arrays have arrived: it tells two pictures of one pass apart. */
  readonly arrived: number;
  readonly largestWrite: number;
  readonly embedScale: SignedScale;
  readonly blockScale: SignedScale;
}

interface Writes {
  readonly attention: number;
  readonly feedForward: number;
}

export function passNumbers(inspector: Inspector, positions: readonly number[]): PassNumbers {
  const { model } = inspector.subject.value;
  const { layers } = model.config;
  const names = [
    'blocks.0.resid_pre',
    ...range(layers).map((b) => `blocks.${String(b)}.resid_post`),
  ];
  // A model without blocks has the embedding alone.
  const stateNames = layers === 0 ? ['embed'] : names;
  const states = stateNames.map((name) => rows(inspector, name, positions));
  const written = (part: 'attn_out' | 'mlp_out') =>
    range(layers).map((b) => rows(inspector, `blocks.${String(b)}.${part}`, positions));
  const hasNetwork = model.config.activation !== 'none';
  const none = range(layers).map(() => positions.map(() => zero));
  const parts = [states, written('attn_out'), hasNetwork ? written('mlp_out') : none] as const;
  // Who comes back to the picture finds it as it was: all of a run's numbers are there or on their way.
  const key = parts.flat(2);
  const isSame = key.length === last?.key.length && key.every((row, i) => row === last?.key[i]);
  if (!last || !isSame) last = { key, pass: gathered(...parts) };
  return last.pass;
}

let last:
  { readonly key: readonly (Float32Array | undefined)[]; readonly pass: PassNumbers } | undefined;

export type Rows = readonly (Float32Array | undefined)[];

/** What a layer that the model does not have writes. */
const zero = new Float32Array(0);

function gathered(
  states: readonly Rows[],
  attention: readonly Rows[],
  feedForward: readonly Rows[],
): PassNumbers {
  const writes = attention.map((row, block) =>
    row.map((vector, column) => {
      const other = feedForward[block]?.[column];
      return vector && other && { attention: norm(vector), feedForward: norm(other) };
    }),
  );
  const sizes = writes.flat().map((each) => Math.max(each?.attention ?? 0, each?.feedForward ?? 0));
  const [first = [], ...later] = states;
  const there = (row: Rows) => row.filter((vector) => vector !== undefined);
  return {
    states,
    writes,
    arrived: [...states, ...attention, ...feedForward].flatMap(there).length,
    largestWrite: Math.max(0, ...sizes),
    embedScale: signedScale(...there(first)),
    blockScale: signedScale(...later.flatMap(there)),
  };
}

/** Rows of an activation [T, C] at some positions, which follow one another. */
function rows({ numbers, subject }: Inspector, name: string, positions: readonly number[]): Rows {
  const { length, model } = subject.value;
  const { width } = model.config;
  const first = positions[0] ?? 0;
  const found =
    positions.length === length
      ? numbers.activation(name)
      : numbers.ask('activation', { name, rows: [first, first + positions.length] });
  if (found === undefined) return positions.map(() => undefined);
  let made = rowsOf.get(found);
  if (made === undefined) {
    made = positions.map((_, row) => found.values.subarray(row * width, (row + 1) * width));
    rowsOf.set(found, made);
  }
  return made;
}

/** The same rows each time, so that what was made of them is found again. */
const rowsOf = new WeakMap<NumberBlock, Rows>();

/** Patterns above this many numbers in all (8 MB) are read for the chosen query alone. */
const patternLimit = 2 ** 21;

/** The weights [K] of one query in every block and head, where they are known. */
export function weightsOf(
  { numbers, subject }: Inspector,
  block: number,
  query: number,
): readonly Float32Array[] {
  const { length, model } = subject.value;
  const { layers, heads } = model.config;
  if (isSmall(layers * heads, length)) {
    const pattern = numbers.activation(`blocks.${String(block)}.attn.pattern`);
    if (!pattern) return [];
    return range(heads).map((head) => {
      const start = (head * length + query) * length;
      return pattern.values.subarray(start, start + length);
    });
  }
  const found: Float32Array[] = [];
  for (const head of range(heads)) {
    const row = numbers.activation(`blocks.${String(block)}.attn.pattern`, [head, query]);
    if (row) found.push(row.values);
  }
  return found;
}

/** Whether the patterns of all heads are on hand, so that every query's lines can be drawn. */
export function isSmall(heads: number, length: number): boolean {
  return heads * length * length <= patternLimit;
}
