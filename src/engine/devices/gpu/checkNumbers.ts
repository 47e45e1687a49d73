import type { Device, Values } from '../device';
import { largestDifference } from '../largestDifference';
import { ReferenceDevice } from '../reference/referenceDevice';

/** Rows, inputs and outputs of the product: large enough for a driver's shortcuts to be taken. */
const [rows, inputs, outputs] = [32, 128, 128];
/** Sums of 128 float32 products are off by about 1e-6 of the largest. */
const allowed = 1e-4;

/**
 * Compares a device with float64 on a product, its softmax, and GELU up to ±20, which some drivers overflow in. Answers
 * with what is wrong; undefined when the numbers can be relied on.
 */
export async function checkNumbers(device: Device): Promise<string | undefined> {
  const reference = new ReferenceDevice();
  const [actual, expected] = [await samples(device), await samples(reference)];
  reference.dispose();
  for (const name of ['linear', 'softmax', 'gelu'] as const) {
    const off = largestDifference(actual[name], expected[name]);
    if (!(off <= allowed)) return `${name}: ${off}`;
  }
  return undefined;
}

interface Samples {
  readonly linear: Values;
  readonly softmax: Values;
  readonly gelu: Values;
}

async function samples(device: Device): Promise<Samples> {
  const x = device.allocate(rows * inputs);
  device.write(x, 0, wave(rows * inputs, 1));
  const out = device.allocate(rows * outputs);
  const shape = { inputs, outputs, layout: 'in-out' } as const;
  const values = wave(inputs * outputs, 1);
  const weight = await device.matrix(shape, once(values));
  device.linear({ x, weight, out, rows });
  const linear = await device.read(out);
  const heads = { heads: 1, keyHeads: 1, headSize: 1, queries: rows, keys: outputs };
  device.attentionPattern({ scores: out, out: x, shape: heads, past: outputs });
  const softmax = await device.read(x);
  device.write(x, 0, wave(rows * inputs, 20));
  device.activation({ kind: 'gelu_new', x, out, length: rows * outputs });
  const gelu = await device.read(out);
  device.freeMatrix(weight);
  device.free(x);
  device.free(out);
  return { linear, softmax, gelu };
}

/** Numbers from −size to size that repeat late. */
function wave(length: number, size: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => size * Math.sin(index * 0.7368 + size));
}

async function* once(values: Float32Array) {
  yield await Promise.resolve({ offset: 0, values });
}
