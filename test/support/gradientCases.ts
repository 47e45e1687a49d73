// Each operation that has a gradient, as a function of named inputs, with the gradients that a device claims for them.
import type { DeviceArray, View } from '../../src/engine/devices/device';
import type { BatchShape, TrainingDevice } from '../../src/engine/devices/trainingDevice';
import type { Activation } from '../../src/protocol/modelConfig';
import { seeded, spread, wholes } from './random';

export interface GradientCase {
  readonly name: string;
  /** Elements of each input. */
  readonly inputs: Readonly<Record<string, number>>;
  readonly outputs: number;
  readonly forward: (device: TrainingDevice, take: Take) => DeviceArray;
  /** Gradients of the inputs, given that of the output. */
  readonly backward: (device: TrainingDevice, take: Take, dOut: DeviceArray) => Gradients;
}

/** An input by its name. */
type Take = (name: string) => DeviceArray;
type Gradients = Readonly<Record<string, DeviceArray>>;

function linearGradient(rows: number, inputs: number, outputs: number): GradientCase {
  return {
    name: `a linear layer [${rows}, ${inputs}]·[${inputs}, ${outputs}]`,
    inputs: { x: rows * inputs, w: inputs * outputs, b: outputs },
    outputs: rows * outputs,
    forward: (device, take) => {
      const out = device.allocate(rows * outputs);
      const operands = { a: dense(take('x'), inputs), b: dense(take('w'), outputs) };
      const size = { rows, columns: outputs, depth: inputs };
      device.product({ ...operands, ...size, out: dense(out, outputs), plus: take('b') });
      return out;
    },
    backward: (device, take, dOut) => {
      const x = device.allocate(rows * inputs);
      const w = device.allocate(inputs * outputs);
      const b = device.allocate(outputs);
      const dy = dense(dOut, outputs);
      device.product({
        a: dy,
        b: dense(take('w'), outputs),
        transposed: 'b',
        out: dense(x, inputs),
        ...{ rows, columns: inputs, depth: outputs },
      });
      device.product({
        a: dense(take('x'), inputs),
        b: dy,
        transposed: 'a',
        out: dense(w, outputs),
        plus: 'out',
        ...{ rows: inputs, columns: outputs, depth: rows },
      });
      device.columnSums({ x: dOut, sums: b, rows, columns: outputs });
      return { x, w, b };
    },
  };
}

function rowsGradient(count: number, rows: number, columns: number): GradientCase {
  const ids = wholes(seeded(5), count, rows);
  return {
    name: `${count} rows of [${rows}, ${columns}]`,
    inputs: { table: rows * columns },
    outputs: count * columns,
    forward: (device, take) => {
      const out = device.allocate(count * columns);
      device.gatherRows({ ids, table: take('table'), columns, out });
      return out;
    },
    backward: (device, _, dOut) => {
      const table = device.allocate(rows * columns);
      device.scatterRows({ ids, table, columns, dOut });
      return { table };
    },
  };
}

function normGradient(kind: 'layer' | 'rms', rows: number, columns: number): GradientCase {
  const sizes = { x: rows * columns, weight: columns };
  const common = { kind, rows, columns, epsilon: 1e-5 };
  return {
    name: `${kind} norm of [${rows}, ${columns}]`,
    inputs: kind === 'layer' ? { ...sizes, bias: columns } : sizes,
    outputs: rows * columns,
    forward: (device, take) => {
      const out = device.allocate(rows * columns);
      const bias = kind === 'layer' ? take('bias') : undefined;
      device.norm({ ...common, x: take('x'), weight: take('weight'), bias, out });
      return out;
    },
    backward: (device, take, dOut) => {
      const x = device.allocate(rows * columns);
      const weight = device.allocate(columns);
      const bias = kind === 'layer' ? device.allocate(columns) : undefined;
      const arrays = { x: take('x'), weight: take('weight'), dOut, dx: x };
      device.normBackward({ ...common, ...arrays, into: 'add', dWeight: weight, dBias: bias });
      return bias === undefined ? { x, weight } : { x, weight, bias };
    },
  };
}

function activationGradient(kind: Activation, length: number): GradientCase {
  return {
    name: `${kind} of ${length}`,
    inputs: { x: length },
    outputs: length,
    forward: (device, take) => {
      const out = device.allocate(length);
      device.activation({ kind, x: take('x'), out, length });
      return out;
    },
    backward: (device, take, dOut) => {
      const x = device.allocate(length);
      device.activationBackward({ kind, x: take('x'), dOut, dx: x, length });
      return { x };
    },
  };
}

function rotaryGradient(rows: number, heads: number, headSize: number): GradientCase {
  const width = heads * headSize;
  const common = { rows, heads, headSize, start: 3, base: 10_000 };
  const copied = (device: TrainingDevice, array: DeviceArray): DeviceArray => {
    const copy = device.allocate(rows * width);
    const size = { rows, columns: width };
    device.copyRows({ source: dense(array, width), target: dense(copy, width), ...size });
    return copy;
  };
  return {
    name: `rotary positions of ${rows} rows, ${heads} heads of ${headSize}`,
    inputs: { x: rows * width },
    outputs: rows * width,
    forward: (device, take) => {
      const out = copied(device, take('x'));
      device.rotary({ x: dense(out, width), ...common });
      return out;
    },
    backward: (device, _, dOut) => {
      const x = copied(device, dOut);
      device.rotaryBackward({ x: dense(x, width), ...common });
      return { x };
    },
  };
}

function attentionGradient(shape: BatchShape, mask?: 'none'): GradientCase {
  const { batch, length, heads, keyHeads, headSize } = shape;
  const fusedLength = batch * length * (heads + 2 * keyHeads) * headSize;
  const outputs = batch * length * heads * headSize;
  const scale = 1 / Math.sqrt(headSize);
  const run = (device: TrainingDevice, fused: DeviceArray) => {
    const pattern = device.allocate(batch * heads * length * length);
    const out = device.allocate(outputs);
    device.attention({ fused, pattern, out, shape, scale, mask });
    return { pattern, out };
  };
  return {
    name: `attention of ${batch} × ${length}, ${heads} heads of ${headSize} over ${keyHeads}${
      mask === undefined ? '' : ' without a mask'
    }`,
    inputs: { fused: fusedLength },
    outputs,
    forward: (device, take) => run(device, take('fused')).out,
    backward: (device, take, dOut) => {
      const fused = take('fused');
      const { pattern } = run(device, fused);
      const dFused = device.allocate(fusedLength);
      device.attentionBackward({ fused, pattern, dOut, dFused, shape, scale, mask });
      return { fused: dFused };
    },
  };
}

/** The loss of each row; one target is not scored. */
function lossGradient(rows: number, columns: number): GradientCase {
  const targets = wholes(seeded(7), rows, columns);
  if (rows > 1) targets[1] = -1;
  const run = (device: TrainingDevice, logits: DeviceArray): DeviceArray => {
    const losses = device.allocate(rows);
    device.crossEntropy({ logits, targets, columns, scale: 1, losses, offset: 0 });
    return losses;
  };
  const copied = (device: TrainingDevice, logits: DeviceArray): DeviceArray => {
    const copy = device.allocate(rows * columns);
    const views = { source: dense(logits, columns), target: dense(copy, columns) };
    device.copyRows({ ...views, rows, columns });
    return copy;
  };
  return {
    name: `cross-entropy of [${rows}, ${columns}]`,
    inputs: { logits: rows * columns },
    outputs: rows,
    forward: (device, take) => run(device, copied(device, take('logits'))),
    backward: (device, take, dOut) => {
      const logits = copied(device, take('logits'));
      run(device, logits);
      const scaled = device.allocate(rows * columns);
      // The loss is a sum over rows: what reaches a row is its own factor.
      for (let row = 0; row < rows; row++) {
        device.product({
          a: { array: dOut, offset: row, stride: 1 },
          b: { array: logits, offset: row * columns, stride: columns },
          out: { array: scaled, offset: row * columns, stride: columns },
          ...{ rows: 1, columns, depth: 1 },
        });
      }
      return { logits: scaled };
    },
  };
}

/** Sizes that fill no vector, grouped heads, repeated rows. */
export const smallGradientCases: readonly GradientCase[] = [
  linearGradient(3, 5, 7),
  linearGradient(1, 17, 1),
  rowsGradient(9, 4, 3),
  normGradient('layer', 3, 7),
  normGradient('rms', 3, 7),
  ...(['gelu_new', 'gelu', 'relu', 'silu_gated', 'identity'] as const).map((kind) =>
    activationGradient(kind, 17),
  ),
  rotaryGradient(3, 2, 6),
  attentionGradient({ batch: 2, length: 5, heads: 2, keyHeads: 2, headSize: 3 }),
  attentionGradient({ batch: 1, length: 3, heads: 4, keyHeads: 2, headSize: 5 }),
  attentionGradient({ batch: 2, length: 5, heads: 2, keyHeads: 1, headSize: 3 }, 'none'),
  lossGradient(3, 7),
];

/** More than a vector, a tile and a block of every axis. */
export const largeGradientCases: readonly GradientCase[] = [
  linearGradient(129, 17, 33),
  linearGradient(17, 300, 129),
  linearGradient(300, 3, 531),
  rowsGradient(129, 17, 33),
  normGradient('layer', 17, 129),
  normGradient('rms', 17, 128),
  ...(['gelu_new', 'gelu', 'relu', 'silu_gated', 'identity'] as const).map((kind) =>
    activationGradient(kind, 1031),
  ),
  rotaryGradient(17, 3, 20),
  attentionGradient({ batch: 3, length: 129, heads: 2, keyHeads: 2, headSize: 17 }),
  attentionGradient({ batch: 2, length: 33, heads: 4, keyHeads: 2, headSize: 32 }),
  attentionGradient({ batch: 2, length: 67, heads: 2, keyHeads: 1, headSize: 20 }, 'none'),
  attentionGradient({ batch: 2, length: 1, heads: 1, keyHeads: 1, headSize: 1 }),
  lossGradient(17, 129),
];

export interface GradientRun {
  readonly out: ArrayLike<number>;
  readonly gradients: ReadonlyMap<string, ArrayLike<number>>;
}

/** The inputs of a case: numbers in [−scale, scale), the same on every device. */
export function gradientInputs(test: GradientCase, scale = 1): ReadonlyMap<string, Float32Array> {
  const lengths = [...Object.entries(test.inputs), ['dOut', test.outputs] as const];
  return new Map(
    lengths.map(([name, length], index) => [name, spread(seeded(index + 1), length, scale)]),
  );
}

/** Runs a case forward and backward; `dOut` is one of the inputs. */
export async function runGradient(
  device: TrainingDevice,
  test: GradientCase,
  inputs: ReadonlyMap<string, Float32Array | Float64Array>,
): Promise<GradientRun> {
  const take = (name: string): DeviceArray => {
    const values = inputs.get(name);
    if (values === undefined) throw new Error(`${test.name} has no input ${name}.`);
    const array = device.allocate(values.length);
    device.write(array, 0, Float32Array.from(values));
    return array;
  };
  const out = await device.read(test.forward(device, take));
  const gradients = test.backward(device, take, take('dOut'));
  const read = Object.entries(gradients).map(
    async ([name, array]) => [name, await device.read(array)] as const,
  );
  return { out, gradients: new Map(await Promise.all(read)) };
}

function dense(array: DeviceArray, stride: number): View {
  return { array, offset: 0, stride };
}
