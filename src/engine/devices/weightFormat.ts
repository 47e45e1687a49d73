/** How matrices are kept where memory matters more than exactness, number by number. */

/** The nearest float16 of each, to even between two (IEEE 754-2008); what is too large becomes the largest, 65504. */
export function toHalves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (all, at) => {
    const sign = (all >>> 16) & 0x8000;
    const size = all & 0x7fffffff;
    if (size >= largestBits) return sign | 0x7bff;
    if (size < smallestNormalBits) return sign | roundToEven(Math.abs(values[at]) * 2 ** 24);
    // The exponent's bias is 15 in place of 127; of 23 bits of fraction 10 stay.
    const rebased = size - (112 << 23);
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  });
}

/** Bits of 65504 and of 2⁻¹⁴ in float32. */
const largestBits = 0x477fe000;
const smallestNormalBits = 0x38800000;

/** The value of a finite float16. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function roundToEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}

/** The scale, in float32, with which the numbers of one output fill a byte: the largest becomes ±127. */
export function byteScale(largest: number): number {
  return Math.fround(largest / 127);
}

/** A number in steps of a scale; 0 where all numbers are. */
export function toByte(value: number, scale: number): number {
  // A byte has no negative zero.
  return scale === 0 ? 0 : Math.max(-127, Math.min(127, Math.round(value / scale))) + 0;
}
