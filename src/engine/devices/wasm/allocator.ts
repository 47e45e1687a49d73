/**
 * Hands out blocks of one growing memory: best fit from a list of free blocks, kept in order of address and joined with
 * their neighbours when they come back. It knows addresses alone and touches no byte.
 */
export class Allocator {
  readonly #grow: (bytes: number) => void;
  #end: number;
  readonly #free: Block[] = [];
  readonly #taken = new Map<number, number>();

  /** `memory.grow(bytes)` makes the memory that many bytes longer, or throws and leaves it as it is. */
  constructor(memory: { start: number; end: number; grow: (bytes: number) => void }) {
    const start = roundUp(memory.start, alignment);
    this.#end = Math.max(start, roundDown(memory.end, alignment));
    this.#grow = memory.grow;
    if (this.#end > start) this.#free.push({ start, bytes: this.#end - start });
  }

  /** Bytes in use, padding included. */
  get usedBytes(): number {
    let sum = 0;
    for (const bytes of this.#taken.values()) sum += bytes;
    return sum;
  }

  /**
   * Address of a block of at least `bytes` + 16 bytes, a multiple of 64: a vector load may reach behind the last element.
   * Throws what `grow` throws.
   */
  allocate(bytes: number): number {
    const size = roundUp(bytes + overreachBytes, alignment);
    const index = this.#bestFit(size) ?? this.#extend(size);
    const block = this.#free[index];
    this.#taken.set(block.start, size);
    if (block.bytes === size) this.#free.splice(index, 1);
    else this.#free[index] = { start: block.start + size, bytes: block.bytes - size };
    return block.start;
  }

  /** Throws a RangeError for an address that is not in use: it was never handed out, or came back already. */
  release(address: number): void {
    const bytes = this.#taken.get(address);
    if (bytes === undefined) throw new RangeError(`no block in use at ${address}`);
    this.#taken.delete(address);
    this.#insert({ start: address, bytes });
  }

  #bestFit(size: number): number | undefined {
    let best: number | undefined;
    for (let i = 0; i < this.#free.length; i++) {
      const { bytes } = this.#free[i];
      if (bytes >= size && (best === undefined || bytes < this.#free[best].bytes)) best = i;
      if (bytes === size) break;
    }
    return best;
  }

  /** Grows the memory by what is missing behind the last free block, and a little more so that growing is rare. */
  #extend(size: number): number {
    const last = this.#free.at(-1);
    const atEnd = last !== undefined && last.start + last.bytes === this.#end ? last.bytes : 0;
    const missing = size - atEnd;
    const added = roundUp(missing, growthBytes);
    this.#grow(added);
    const start = this.#end;
    this.#end += added;
    this.#insert({ start, bytes: added });
    return this.#free.length - 1;
  }

  #insert(block: Block): void {
    const index = this.#indexBehind(block.start);
    const before = this.#free[index - 1];
    const after = this.#free[index];
    const joinsBefore = index > 0 && before.start + before.bytes === block.start;
    const joinsAfter = index < this.#free.length && block.start + block.bytes === after.start;
    const start = joinsBefore ? before.start : block.start;
    const end = joinsAfter ? after.start + after.bytes : block.start + block.bytes;
    const first = joinsBefore ? index - 1 : index;
    const replaced = (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0);
    this.#free.splice(first, replaced, { start, bytes: end - start });
  }

  /** Index of the first free block behind an address. */
  #indexBehind(address: number): number {
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#free[middle].start < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Block {
  readonly start: number;
  readonly bytes: number;
}

/** A cache line. */
const alignment = 64;
const overreachBytes = 16;
/** 1 MB, a multiple of the 64 KB page by which a memory grows. */
const growthBytes = 1 << 20;

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function roundDown(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
