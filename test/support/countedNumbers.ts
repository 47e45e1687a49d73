// Numbers that are counted when something is computed with them, and arrays that know which of them were touched.

/** Any number that an array held, or that was computed from one. Indices and constants are plain. */
export class Counted {
  constructor(readonly value: number) {}

  valueOf(): number {
    return this.value;
  }
}

type Operand = number | Counted;

/** What was computed since `reset`, and which numbers of which array were read first and written. */
export class Tally {
  flops = 0;
  #reads = new Set<string>();
  #writes = new Set<string>();
  /** Grows with every operation: what it wrote as a constant is a constant for it alone. */
  operation = 0;
  #arrays = 0;

  reset(): void {
    this.flops = 0;
    this.#reads = new Set();
    this.#writes = new Set();
    this.operation++;
  }

  /** Each number read or written once, in float32. */
  get bytes(): number {
    return 4 * (this.#reads.size + this.#writes.size);
  }

  newArray(): number {
    return ++this.#arrays;
  }

  /** A number that was written before, in the same operation, is no operand. */
  read(array: number, index: number): void {
    const key = `${array}:${index}`;
    if (!this.#writes.has(key)) this.#reads.add(key);
  }

  write(array: number, index: number): void {
    this.#writes.add(`${array}:${index}`);
  }

  /** A binary operation; one with a constant 0 that changes nothing is not one of the formula. */
  operate(kind: string, a: unknown, b: unknown): unknown {
    const result = calculate(kind, a, b);
    if (!(a instanceof Counted) && !(b instanceof Counted)) return result;
    const isIdle =
      (b === 0 && (kind === '+' || kind === '-')) || (a === 0 && (kind === '*' || kind === '/'));
    // A power is so many products less one.
    if (!isIdle) this.flops += kind === '**' ? Number(b) - 1 : 1;
    return a === 0 && isIdle ? 0 : new Counted(Number(result));
  }

  negate(a: Operand): Operand {
    if (!(a instanceof Counted)) return -a;
    this.flops++;
    return new Counted(-a.value);
  }

  /** A function of the library: one operation, whatever is inside. */
  call(run: (...given: number[]) => number, given: readonly Operand[]): Operand {
    const result = run(...given.map(Number));
    if (!given.some((one) => one instanceof Counted)) return result;
    this.flops++;
    return new Counted(result);
  }
}

function calculate(kind: string, a: unknown, b: unknown): unknown {
  switch (kind) {
    case '+':
      return Number(a) + Number(b);
    case '-':
      return Number(a) - Number(b);
    case '*':
      return Number(a) * Number(b);
    case '/':
      return Number(a) / Number(b);
    case '**':
      return Number(a) ** Number(b);
    default:
      throw new Error(`There is no ${kind}.`);
  }
}

/** In the place of Float64Array. */
export class CountedArray {
  readonly length: number;
  readonly #values: Float64Array;
  readonly #constants: Map<number, number>;
  readonly #of: { readonly tally: Tally; readonly id: number; readonly start: number };

  constructor(
    tally: Tally,
    length: number,
    part?: { readonly whole: CountedArray; start: number },
  ) {
    this.length = length;
    const whole = part?.whole;
    this.#values = whole ? whole.#values : new Float64Array(length);
    this.#constants = whole ? whole.#constants : new Map<number, number>();
    const id = whole ? whole.#of.id : tally.newArray();
    this.#of = { tally, id, start: (whole ? whole.#of.start : 0) + (part?.start ?? 0) };
    // New memory is written with zeros.
    if (!whole) for (let i = 0; i < length; i++) tally.write(id, i);
  }

  at(index: number): Operand {
    const { tally, id, start } = this.#of;
    tally.read(id, start + index);
    const value = this.#values[start + index] ?? NaN;
    return this.#constants.get(start + index) === tally.operation ? value : new Counted(value);
  }

  put(index: number, value: Operand): void {
    const { tally, id, start } = this.#of;
    tally.write(id, start + index);
    this.#values[start + index] = Number(value);
    if (value instanceof Counted) this.#constants.delete(start + index);
    else this.#constants.set(start + index, tally.operation);
  }

  *[Symbol.iterator](): Generator<Operand> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  fill(value: Operand, from = 0, to = this.length): void {
    for (let i = from; i < to; i++) this.put(i, value);
  }

  set(values: Iterable<Operand>, offset = 0): void {
    const source = this.#of.tally.newArray();
    let at = 0;
    for (const value of values) {
      if (!(value instanceof Counted)) this.#of.tally.read(source, at);
      this.put(offset + at++, value instanceof Counted ? value : new Counted(value));
    }
  }

  subarray(from: number, to: number): CountedArray {
    return new CountedArray(this.#of.tally, to - from, { whole: this, start: from });
  }

  /** A copy for the outside. */
  slice(from = 0, to = this.length): Float64Array {
    const target = this.#of.tally.newArray();
    return Float64Array.from({ length: to - from }, (_, i) => {
      this.#of.tally.write(target, i);
      return Number(this.at(from + i));
    });
  }
}
