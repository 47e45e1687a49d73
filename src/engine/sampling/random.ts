/**
 * The one source of chance in generation: a number that depends on a seed and a step and on nothing else, so that going
 * back and forth in a generation draws the same tokens again.
 */

const mask = 0xffff_ffff_ffff_ffffn;
/** 2⁶⁴ ÷ golden ratio, odd: the increment of SplitMix64. */
const increment = 0x9e37_79b9_7f4a_7c15n;

/**
 * The `step`-th draw of `seed`, uniform in [0, 1) with 53 random bits. Both are integers ≥ 0.
 *
 * The output function of SplitMix64 (Steele, Lea & Flood 2014, figure 17) over the counter mix(seed) + (step + 1)·γ.
 * The seed is mixed first, so that neighbouring seeds are not the same sequence shifted by one.
 */
export function draw(seed: number, step: number): number {
  const counter = mix(BigInt(seed) + increment) + BigInt(step + 1) * increment;
  return Number(mix(counter & mask) >> 11n) / 2 ** 53;
}

/** A bijection of 64-bit words in which each input bit changes half of the output bits. */
function mix(word: bigint): bigint {
  let z = word & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & mask;
  return z ^ (z >> 31n);
}
