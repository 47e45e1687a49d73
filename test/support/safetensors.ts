// A reader of safetensors fixtures, small enough to be seen to be right, and apart from the engine's own: each of the
// two would show a mistake of the other.
import { readFileSync } from 'node:fs';
import type { Chunks } from '../../src/engine/devices/device';
import type { WeightSource } from '../../src/engine/model/weights';

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** All tensors of a file of float32 and int64; integers must fit a float32 exactly. */
export function readSafetensors(path: string): ReadonlyMap<string, Tensor> {
  return parseSafetensors(readFileSync(path));
}

export function parseSafetensors(file: Buffer): ReadonlyMap<string, Tensor> {
  const headerBytes = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerBytes)) as Record<string, Entry>;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [from, to] = entry.data_offsets;
    const bytes = file.subarray(8 + headerBytes + from, 8 + headerBytes + to);
    tensors.set(name, { shape: entry.shape, values: decode(entry.dtype, bytes) });
  }
  return tensors;
}

/** The weights of a GPT-2 file, in chunks of `chunkLength` values (default: whole tensors). */
export function weightsOf(
  tensors: ReadonlyMap<string, Tensor>,
  chunkLength = Infinity,
): WeightSource {
  const named = new Map([...tensors].map(([name, t]) => [name.replace(/^transformer\./, ''), t]));
  const tensor = (name: string): Tensor => {
    const found = named.get(name);
    if (found === undefined) throw new Error(`The fixture has no ${name}.`);
    return found;
  };
  return {
    names: [...named.keys()],
    has: (name) => named.has(name),
    shape: (name) => tensor(name).shape,
    chunks: (name) => cut(tensor(name).values, chunkLength),
  };
}

async function* cut(values: Float32Array, chunkLength: number): Chunks {
  for (let offset = 0; offset < values.length; offset += chunkLength) {
    yield await Promise.resolve({ offset, values: values.slice(offset, offset + chunkLength) });
  }
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function decode(dtype: string, bytes: Buffer): Float32Array {
  if (dtype === 'F32') {
    return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
  }
  if (dtype === 'I64') {
    return Float32Array.from({ length: bytes.length / 8 }, (_, i) =>
      Number(bytes.readBigInt64LE(i * 8)),
    );
  }
  throw new Error(`The fixture reader knows no ${dtype}.`);
}
