/** The numbers of the whole pass for some positions: states, the sizes of what was written, the strongest weights. */
import { norm, range } from '../picture/at';
import { signedScale, type SignedScale } from '../picture/scale';
import type { Inspector } from '../view';

export interface PassNumbers {
  /** States [L + 1][column]: after the embedding, then after each block. */
  readonly states: readonly (readonly Float32Array[])[];
  /** Norms of what attention and the feed-forward network wrote, [L][column]. */
  readonly writes: readonly (readonly Writes[])[];
  readonly largestWrite: number;
  readonly embedScale: SignedScale;
  readonly blockScale: SignedScale;
}

interface Writes {
  readonly attention: number;
  readonly feedForward: number;
}

/** Undefined until all of it is there. */
export function passNumbers(
  inspector: Inspector,
  positions: readonly number[],
): PassNumbers | undefined {
  const { model } = inspector.subject.value;
  const { layers } = model.config;
  const names = [
    'blocks.0.resid_pre',
    ...range(layers).map((b) => `blocks.${String(b)}.resid_post`),
  ];
  // A model without blocks has the embedding alone.
  const stateNames = layers === 0 ? ['embed'] : names;
  const states = stateNames.map((name) => rows(inspector, name, positions));
  const attention = range(layers).map((b) =>
    rows(inspector, `blocks.${String(b)}.attn_out`, positions),
  );
  const feedForward = range(layers).map((b) =>
    rows(inspector, `blocks.${String(b)}.mlp_out`, positions),
  );
  const all = [...states, ...attention, ...feedForward];
  if (all.some((each) => each === undefined)) return undefined;
  return gathered(states as Rows[], attention as Rows[], feedForward as Rows[]);
}

type Rows = readonly Float32Array[];

/** The same arrays give the same result, so that a picture is not painted again for nothing. */
function gathered(
  states: readonly Rows[],
  attention: readonly Rows[],
  feedForward: readonly Rows[],
): PassNumbers {
  const writes = attention.map((row, block) =>
    row.map((vector, column) => ({
      attention: norm(vector),
      feedForward: norm(feedForward[block]?.[column] ?? []),
    })),
  );
  const largestWrite = Math.max(
    0,
    ...writes.flat().map((each) => Math.max(each.attention, each.feedForward)),
  );
  const [first = [], ...later] = states;
  return {
    states,
    writes,
    largestWrite,
    embedScale: signedScale(...first),
    blockScale: signedScale(...later.flat()),
  };
}

/** A whole activation above this many numbers (2 MB) is pulled row by row. */
const wholeLimit = 2 ** 19;

/** Rows of an activation [T, …] at some positions; undefined until all are there. */
function rows(
  { numbers, subject }: Inspector,
  name: string,
  positions: readonly number[],
): Rows | undefined {
  const { length, model } = subject.value;
  const { width } = model.config;
  if (length * width <= wholeLimit) {
    const whole = numbers.activation(name);
    return whole && positions.map((p) => whole.values.subarray(p * width, (p + 1) * width));
  }
  const each = positions.map((position) => numbers.activation(name, [position])?.values);
  return each.some((row) => row === undefined) ? undefined : (each as Rows);
}

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
