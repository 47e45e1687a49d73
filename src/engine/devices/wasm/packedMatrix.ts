import type { Chunks, MatrixShape } from '../device';

/**
 * Where the elements of a resident matrix lie: blocks of `blockDepth` inputs, in each block panels of 16 outputs, in each
 * panel one row of 16 per input, outputs filled up with zeros to a multiple of 16. A row is a cache line, so that a product
 * of one row reads the memory strictly front to back. Both layouts of a file end in this one order, which product, gather
 * and single columns all read.
 */
export class PackedOrder {
  /** Elements, padding included. */
  readonly length: number;
  /** Whether there is padding, which has to be 0. */
  readonly padded: boolean;
  readonly #shape: MatrixShape;
  readonly #blockDepth: number;
  readonly #width: number;

  constructor(shape: MatrixShape, blockDepth: number) {
    this.#shape = shape;
    this.#blockDepth = blockDepth;
    this.#width = Math.ceil(shape.outputs / panelWidth) * panelWidth;
    this.length = shape.inputs * this.#width;
    this.padded = this.#width !== shape.outputs;
  }

  /** Place of an element. */
  indexOf(input: number, output: number): number {
    const start = input - (input % this.#blockDepth);
    const depth = Math.min(this.#blockDepth, this.#shape.inputs - start);
    const panel = Math.floor(output / panelWidth);
    const row = panel * depth + (input - start);
    return start * this.#width + row * panelWidth + (output % panelWidth);
  }

  /** Puts `values`, which start at element `offset` of the file's tensor, in their places. */
  fill(target: Float32Array, offset: number, values: Float32Array): void {
    if (this.#shape.layout === 'in-out') this.#fillRows(target, offset, values);
    else this.#fillColumns(target, offset, values);
  }

  #fillRows(target: Float32Array, offset: number, values: Float32Array): void {
    const { outputs } = this.#shape;
    for (let at = 0; at < values.length;) {
      const input = Math.floor((offset + at) / outputs);
      const output = (offset + at) % outputs;
      const count = Math.min(panelWidth - (output % panelWidth), outputs - output);
      const end = Math.min(at + count, values.length);
      for (let to = this.indexOf(input, output); at < end; at++, to++) target[to] = values[at];
    }
  }

  #fillColumns(target: Float32Array, offset: number, values: Float32Array): void {
    const { inputs } = this.#shape;
    for (let at = 0; at < values.length;) {
      const output = Math.floor((offset + at) / inputs);
      const input = (offset + at) % inputs;
      const count = Math.min(this.#blockDepth - (input % this.#blockDepth), inputs - input);
      const end = Math.min(at + count, values.length);
      let to = this.indexOf(input, output);
      for (; at < end; at++, to += panelWidth) target[to] = values[at];
    }
  }
}

/**
 * Fills a matrix from chunks. `target` is asked for before each chunk, since memory may move while one is awaited.
 * Throws a RangeError when the chunks do not cover the matrix.
 */
export async function fillMatrix(
  order: PackedOrder,
  chunks: Chunks,
  options: { readonly elements: number; readonly target: () => Float32Array },
): Promise<void> {
  let filled = 0;
  for await (const { offset, values } of chunks) {
    if (offset < 0 || offset + values.length > options.elements) {
      throw new RangeError(`values ${offset} … ${offset + values.length} of ${options.elements}`);
    }
    order.fill(options.target(), offset, values);
    filled += values.length;
  }
  if (filled !== options.elements) {
    throw new RangeError(`${filled} values for a matrix of ${options.elements}`);
  }
}

/** Outputs side by side. */
export const panelWidth = 16;
