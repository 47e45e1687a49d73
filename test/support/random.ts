// Numbers that look random and are the same in every run: tests need variety, not surprise.

/** A source of numbers in [0, 1): mulberry32 (Ettinger 2017), 32 bits of state. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `length` values evenly spread over [−scale, scale). */
export function spread(random: () => number, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => (random() * 2 - 1) * scale);
}

/** `length` whole numbers in [0, below). */
export function wholes(random: () => number, length: number, below: number): Int32Array {
  return Int32Array.from({ length }, () => Math.floor(random() * below));
}
