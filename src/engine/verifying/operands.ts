import type { VerifiedOperand } from '../../protocol/runs';
import type { WeightSource } from '../model/weights';
import type { Traced } from '../tracing/activation';
import type { Run } from '../tracing/runs';
import { readWeight } from '../weightSlices';
import type { Pace } from '../work';

/** An index for each axis, undefined for the whole of it. */
type Slice = readonly (number | undefined)[];

/** Reads what a number is computed from, and remembers under which names. */
export class Operands {
  readonly #model: Traced & { readonly weights: WeightSource };
  readonly #run: Run;
  readonly #pace: Pace;
  readonly #read: VerifiedOperand[] = [];

  constructor(model: Traced & { readonly weights: WeightSource }, run: Run, pace: Pace) {
    this.#model = model;
    this.#run = run;
    this.#pace = pace;
  }

  /** Everything that was read, in that order. */
  get read(): readonly VerifiedOperand[] {
    return this.#read;
  }

  /** A slice of an activation of the run, as a copy. */
  async activation(name: string, slice: Slice): Promise<Float32Array> {
    const { shape, values } = await this.#model.runs.activation(this.#run, name, this.#pace);
    return this.#note(name, slice, sliceOf(shape, values, slice));
  }

  /** One number of an activation. */
  async number(name: string, index: readonly number[]): Promise<number> {
    const [value] = await this.activation(name, index);
    return value;
  }

  /** Row `row` of a weight of two axes. */
  row(name: string, row: number): Promise<Float32Array> {
    return this.#weight(name, { index: [row] }, [row, undefined]);
  }

  /** Columns [from, to) of a weight of two axes, [inputs, to − from]. */
  columns(name: string, from: number, to: number): Promise<Float32Array> {
    const written = to === from + 1 ? String(from) : `${from}:${to}`;
    return this.#weight(name, { columns: [from, to] }, [undefined, written]);
  }

  /** A weight of one axis, or its elements [from, to). */
  vector(name: string, range?: readonly [from: number, to: number]): Promise<Float32Array> {
    if (range === undefined) return this.#weight(name, {}, [undefined]);
    const [from, to] = range;
    const written = to === from + 1 ? String(from) : `${from}:${to}`;
    return this.#weight(name, { columns: range }, [written]);
  }

  /** Whether the model's file has such a weight. */
  has(name: string): boolean {
    return this.#model.weights.has(name);
  }

  async #weight(
    name: string,
    part: { readonly index?: readonly number[]; readonly columns?: readonly [number, number] },
    slice: readonly (number | string | undefined)[],
  ): Promise<Float32Array> {
    const wanted = { name, index: part.index ?? [], columns: part.columns };
    const { values } = await readWeight(this.#model.weights, wanted, this.#pace);
    return this.#note(name, slice, values);
  }

  #note(
    name: string,
    slice: readonly (number | string | undefined)[],
    values: Float32Array,
  ): Float32Array {
    const where = slice.map((at) => at ?? ':').join(', ');
    const value = values.length === 1 ? values[0] : undefined;
    this.#read.push({ name: `${name}[${where}]`, count: values.length, value });
    return values;
  }
}

function sliceOf(shape: readonly number[], values: Float32Array, slice: Slice): Float32Array {
  let offsets = [0];
  for (const [axis, size] of shape.entries()) {
    const at = slice[axis];
    offsets = offsets.flatMap((offset) => {
      if (at !== undefined) return [offset * size + at];
      return Array.from({ length: size }, (_, index) => offset * size + index);
    });
  }
  return Float32Array.from(offsets, (offset) => values[offset]);
}
