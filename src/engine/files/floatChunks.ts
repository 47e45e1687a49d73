import { fail } from '../../protocol/failures';
import type { Chunks } from '../devices/device';
import type { ByteSource } from './byteSource';
import type { TensorEntry } from './safetensorsHeader';

/**
 * The values of a tensor from element `from` on as float32, some megabytes at a time, so that a model is never in memory
 * twice. F16 and BF16 are widened, which is exact. Throws `tensor-type` for other types and `tensor-not-finite` at the
 * first NaN or infinity.
 */
export async function* floatChunks(source: ByteSource, entry: TensorEntry, from = 0): Chunks {
  const format = formats[entry.type];
  if (format === undefined) throw fail('tensor-type', { tensor: entry.name, type: entry.type });
  const elements = entry.bytes / format.bytes;
  const most = chunkBytes / format.bytes;
  for (let offset = from; offset < elements; offset += most) {
    const count = Math.min(most, elements - offset);
    const at = entry.offset + offset * format.bytes;
    const values = format.widen(aligned(await source.read(at, count * format.bytes)));
    checkFinite(values, { tensor: entry.name, offset });
    yield { offset, values };
  }
}

const chunkBytes = 4 * 1024 * 1024;

interface Format {
  readonly bytes: number;
  readonly widen: (bytes: Uint8Array) => Float32Array;
}

/** Little-endian, as the files are and as every machine is that runs JavaScript engines of today. */
const formats: Readonly<Partial<Record<string, Format>>> = {
  F32: {
    bytes: 4,
    widen: (bytes) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
  },
  F16: { bytes: 2, widen: (bytes) => widenHalves(halvesOf(bytes)) },
  BF16: { bytes: 2, widen: (bytes) => widenBrainHalves(halvesOf(bytes)) },
};

function halvesOf(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

/** bfloat16 is the upper half of a float32. */
function widenBrainHalves(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index] << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754-2019 binary16: 1 bit sign, 5 bits exponent with bias 15, 10 bits fraction. */
function widenHalves(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index++) {
    const bits = halves[index];
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    const sign = bits & 0x8000 ? -1 : 1;
    if (exponent === 0x1f) values[index] = fraction === 0 ? sign * Infinity : NaN;
    else if (exponent === 0) values[index] = sign * fraction * 2 ** -24;
    else values[index] = sign * (1024 + fraction) * scales[exponent];
  }
  return values;
}

/** 2^(exponent − 15 − 10). */
const scales = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 25));

/** A view that typed arrays can be laid over: what was read may start anywhere in its buffer. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}

/** x · 0 is 0 for finite x and NaN for all others, so that one sum tells whether to search. */
function checkFinite(values: Float32Array, at: { tensor: string; offset: number }): void {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index] * 0;
  if (sum === 0) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  throw fail('tensor-not-finite', {
    tensor: at.tensor,
    index: at.offset + index,
    value: String(values[index]),
  });
}
