// One run of each operation of the op table, on whatever device is given: the same input, the same sizes.
import type {
  AttentionShape,
  Chunks,
  Device,
  Matrix,
  MatrixShape,
  NormOp,
  Values,
} from '../../src/engine/devices/device';
import type { Activation } from '../../src/protocol/modelConfig';
import { put } from './deviceData';
import { seeded, spread, wholes } from './random';

export interface ParityCase {
  /** The operation and its sizes, as a sentence's subject. */
  readonly name: string;
  readonly run: (device: Device) => Promise<Values>;
}

/** A source of input: what the numbers are like. */
export interface Numbers {
  readonly name: string;
  readonly make: (length: number, seed: number) => Float32Array;
}

export const ordinary: Numbers = {
  name: 'ordinary numbers',
  make: (length, seed) => spread(seeded(seed), length),
};

/** Where float32 kernels are known to go wrong. */
export const extremes: readonly Numbers[] = [
  { name: 'numbers up to ±80', make: (length, seed) => spread(seeded(seed), length, 80) },
  { name: 'only +80 and −80', make: signs(80) },
  { name: 'denormals', make: (length, seed) => spread(seeded(seed), length, 1e-39) },
  { name: 'equal numbers', make: (length) => new Float32Array(length).fill(80.1) },
  { name: 'zeros', make: (length) => new Float32Array(length) },
  {
    name: 'nearly equal numbers',
    make: (length, seed) => spread(seeded(seed), length, 1e-3).map((value) => 80 + value),
  },
  { name: 'a huge spread', make: hugeSpread },
];

function signs(size: number): Numbers['make'] {
  return (length, seed) => spread(seeded(seed), length).map((value) => (value < 0 ? -size : size));
}

/** Magnitudes from 1e-12 to 1e12. */
function hugeSpread(length: number, seed: number): Float32Array {
  const random = seeded(seed);
  return Float32Array.from({ length }, () => (random() * 2 - 1) * 10 ** (random() * 24 - 12));
}

export function linearCase(
  shape: MatrixShape,
  rows: number,
  options: { readonly numbers?: Numbers; readonly biased?: boolean; readonly xOffset?: number },
): ParityCase {
  const { inputs, outputs, layout } = shape;
  const { numbers = ordinary, biased = false, xOffset = 0 } = options;
  return {
    name: `linear [${rows}, ${inputs}]·[${inputs}, ${outputs}] ${layout}${biased ? ' with bias' : ''}${
      xOffset > 0 ? ` from element ${xOffset}` : ''
    } on ${numbers.name}`,
    run: async (device) => {
      const x = put(device, numbers.make(xOffset + rows * inputs, 1));
      const weight = await resident(device, shape, numbers.make(inputs * outputs, 2));
      const bias = biased ? put(device, numbers.make(outputs, 3)) : undefined;
      const out = device.allocate(rows * outputs);
      device.linear({ x, xOffset, weight, bias, out, rows });
      return device.read(out);
    },
  };
}

export function linearPerHeadCase(size: {
  readonly rows: number;
  readonly heads: number;
  readonly headSize: number;
  readonly outputs: number;
}): ParityCase {
  const { rows, heads, headSize, outputs } = size;
  const inputs = heads * headSize;
  return {
    name: `linearPerHead of ${rows} rows, ${heads} heads of ${headSize}, ${outputs} outputs`,
    run: async (device) => {
      const z = put(device, ordinary.make(rows * inputs, 1));
      const shape = { inputs, outputs, layout: 'in-out' } as const;
      const weight = await resident(device, shape, ordinary.make(inputs * outputs, 2));
      const out = device.allocate(rows * heads * outputs);
      device.linearPerHead({ z, weight, out, rows, heads, headSize });
      return device.read(out);
    },
  };
}

export function gatherCase(vocabulary: number, width: number, count: number): ParityCase {
  return {
    name: `gather of ${count} rows from [${vocabulary}, ${width}]`,
    run: async (device) => {
      const shape = { inputs: width, outputs: vocabulary, layout: 'out-in' } as const;
      const table = await resident(device, shape, ordinary.make(vocabulary * width, 1));
      const ids = wholes(seeded(2), count, vocabulary);
      ids[count - 1] = vocabulary - 1;
      const out = device.allocate(count * width);
      device.gather({ ids, table, out });
      return device.read(out);
    },
  };
}

export function columnCase(shape: MatrixShape, output: number): ParityCase {
  const { inputs, outputs, layout } = shape;
  return {
    name: `readColumn ${output} of [${inputs}, ${outputs}] ${layout}`,
    run: async (device) => {
      const matrix = await resident(device, shape, ordinary.make(inputs * outputs, 1));
      return device.readColumn(matrix, output);
    },
  };
}

export function normCase(
  kind: NormOp['kind'],
  size: readonly [rows: number, columns: number],
  options: { readonly numbers?: Numbers; readonly inPlace?: boolean },
): ParityCase {
  const [rows, columns] = size;
  const { numbers = ordinary, inPlace = false } = options;
  return {
    name: `${kind} norm of [${rows}, ${columns}] on ${numbers.name}${inPlace ? ' in place' : ''}`,
    run: async (device) => {
      const x = put(device, numbers.make(rows * columns, 1));
      const weight = put(device, ordinary.make(columns, 2));
      const bias = kind === 'layer' ? put(device, ordinary.make(columns, 3)) : undefined;
      const out = inPlace ? x : device.allocate(rows * columns);
      device.norm({ kind, x, weight, bias, out, rows, columns, epsilon: 1e-5 });
      return device.read(out);
    },
  };
}

export function activationCase(
  kind: Activation,
  length: number,
  options: { readonly numbers?: Numbers; readonly inPlace?: boolean },
): ParityCase {
  const { numbers = ordinary, inPlace = false } = options;
  return {
    name: `${kind} of ${length} on ${numbers.name}${inPlace ? ' in place' : ''}`,
    run: async (device) => {
      const x = put(device, numbers.make(length, 1));
      const out = inPlace ? x : device.allocate(length);
      device.activation({ kind, x, out, length });
      return device.read(out);
    },
  };
}

/** The array is longer than the part that is worked on: what lies behind must stay. */
export function elementwiseCase(
  kind: 'add' | 'multiply',
  length: number,
  options: { readonly numbers?: Numbers; readonly inPlace?: boolean },
): ParityCase {
  const { numbers = ordinary, inPlace = false } = options;
  return {
    name: `${kind} of ${length} on ${numbers.name}${inPlace ? ' in place' : ''}`,
    run: async (device) => {
      const a = put(device, numbers.make(length + 5, 1));
      const b = put(device, numbers.make(length + 5, 2));
      const out = inPlace ? b : put(device, ordinary.make(length + 5, 3));
      device[kind]({ a, b, out, length });
      return device.read(out);
    },
  };
}

export function copyRowsCase(rows: number, columns: number): ParityCase {
  return {
    name: `copyRows of [${rows}, ${columns}] between different strides`,
    run: async (device) => {
      const source = put(device, ordinary.make(2 + rows * (columns + 3), 1));
      const target = put(device, ordinary.make(1 + rows * (columns + 6), 2));
      device.copyRows({
        source: { array: source, offset: 2, stride: columns + 3 },
        target: { array: target, offset: 1, stride: columns + 6 },
        rows,
        columns,
      });
      return device.read(target);
    },
  };
}

export function rotaryCase(size: {
  readonly rows: number;
  readonly heads: number;
  readonly headSize: number;
  readonly start: number;
}): ParityCase {
  const { rows, heads, headSize, start } = size;
  const stride = heads * headSize + 7;
  return {
    name: `rotary of ${rows} rows from position ${start}, ${heads} heads of ${headSize}`,
    run: async (device) => {
      const array = put(device, ordinary.make(3 + rows * stride, 1));
      const x = { array, offset: 3, stride };
      device.rotary({ x, rows, heads, headSize, start, base: 10_000 });
      device.rotary({ x, rows, heads, headSize, start: start + 100, base: 500 });
      return device.read(array);
    },
  };
}

export function scoresCase(
  shape: AttentionShape,
  options: { readonly numbers?: Numbers },
): ParityCase {
  const { numbers = ordinary } = options;
  return {
    name: `attentionScores of ${describeShape(shape)} on ${numbers.name}`,
    run: async (device) => {
      const stride = (shape.heads + 2 * shape.keyHeads) * shape.headSize;
      const array = put(device, numbers.make(5 + shape.keys * stride, 1));
      const out = device.allocate(shape.heads * shape.queries * shape.keys);
      const past = shape.keys - shape.queries;
      device.attentionScores({
        queries: { array, offset: 5 + past * stride, stride },
        keys: { array, offset: 5 + shape.heads * shape.headSize, stride },
        out,
        shape,
        scale: 1 / Math.sqrt(shape.headSize),
      });
      return device.read(out);
    },
  };
}

export function mixCase(
  shape: AttentionShape,
  options: { readonly numbers?: Numbers },
): ParityCase {
  const { numbers = ordinary } = options;
  return {
    name: `attentionMix of ${describeShape(shape)} on ${numbers.name}`,
    run: async (device) => {
      const stride = 2 * shape.keyHeads * shape.headSize + 1;
      const cells = shape.heads * shape.queries * shape.keys;
      const pattern = put(device, spread(seeded(4), cells).map(Math.abs));
      const array = put(device, numbers.make(3 + shape.keys * stride, 1));
      const out = device.allocate(shape.queries * shape.heads * shape.headSize);
      device.attentionMix({ pattern, values: { array, offset: 3, stride }, out, shape });
      return device.read(out);
    },
  };
}

export function patternCase(
  shape: AttentionShape,
  options: {
    readonly numbers?: Numbers;
    readonly mask?: Uint8Array;
    readonly maskName?: string;
    readonly inPlace?: boolean;
  },
): ParityCase {
  const { numbers = ordinary, mask, maskName = 'the causal mask', inPlace = false } = options;
  return {
    name: `attentionPattern of ${describeShape(shape)} with ${maskName} on ${numbers.name}${
      inPlace ? ' in place' : ''
    }`,
    run: async (device) => {
      const cells = shape.heads * shape.queries * shape.keys;
      const scores = put(device, numbers.make(cells, 1));
      const out = inPlace ? scores : put(device, ordinary.make(cells, 2));
      device.attentionPattern({ scores, out, shape, past: shape.keys - shape.queries, mask });
      return device.read(out);
    },
  };
}

function describeShape({ heads, keyHeads, headSize, queries, keys }: AttentionShape): string {
  return `${queries} queries, ${keys} keys, ${heads} heads of ${headSize} over ${keyHeads}`;
}

/** Fills a matrix in chunks of odd length, the last first: devices may rely on neither length nor order. */
function resident(device: Device, shape: MatrixShape, values: Float32Array): Promise<Matrix> {
  return device.matrix(shape, oddChunks(values));
}

async function* oddChunks(values: Float32Array): Chunks {
  const length = Math.max(1, Math.ceil(values.length / 3) | 1);
  for (let end = values.length; end > 0;) {
    const offset = Math.max(0, end - length);
    await Promise.resolve();
    yield { offset, values: values.subarray(offset, end) };
    end = offset;
  }
}
