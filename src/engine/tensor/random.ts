/**
 * Chance that is a function: of a seed, a stream and a place in it, and of nothing else. Numbers can be drawn in any
 * order, again, or from the middle, which is what lets a training run go on where it stopped.
 */
export class RandomStream {
  readonly #key: readonly [number, number];

  /** `seed` is a whole number from 0 to 2⁵³ − 1; `stream` keeps uses apart that must not share their numbers. */
  constructor(seed: number, stream: number) {
    const [low, high] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
    this.#key = threefry([low, high], [stream >>> 0, 0]);
  }

  /** Uniform in [0, 1), with 53 random bits. */
  uniform(index: number): number {
    const [a, b] = threefry(this.#key, words(index));
    return ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
  }

  /** Whole, evenly from 0 to below − 1; the unevenness of the remainder is below 2⁻²¹ for any array's length. */
  below(index: number, below: number): number {
    return Math.floor(this.uniform(index) * below);
  }

  /** Normal with mean 0 and deviation 1 (Box & Muller 1958). */
  normal(index: number): number {
    const [a, b] = threefry(this.#key, words(index));
    // (a + 1)/2³² is in (0, 1]: its logarithm exists.
    const radius = Math.sqrt(-2 * Math.log(((a >>> 0) + 1) / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * (b >>> 0)) / 2 ** 32);
  }
}

/**
 * Threefry-2×32 of 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 4.2): two words
 * for a key of two words and a counter of two words, each bit depending on every bit.
 */
export function threefry(
  key: readonly [number, number],
  counter: readonly [number, number],
): readonly [number, number] {
  const keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd1_1bda];
  let x = (counter[0] + keys[0]) | 0;
  let y = (counter[1] + keys[1]) | 0;
  for (let round = 0; round < 20; round++) {
    x = (x + y) | 0;
    const by = rotations[round % 8];
    y = ((y << by) | (y >>> (32 - by))) ^ x;
    if (round % 4 !== 3) continue;
    const injection = (round + 1) / 4;
    x = (x + keys[injection % 3]) | 0;
    y = (y + keys[(injection + 1) % 3] + injection) | 0;
  }
  return [x >>> 0, y >>> 0];
}

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** A whole number below 2⁵³ as two words. */
function words(index: number): readonly [number, number] {
  return [index >>> 0, Math.floor(index / 2 ** 32) >>> 0];
}
