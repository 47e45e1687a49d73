// One product x·W + 0 for one or more rows by each of those who compute it: a tuned loop, GPU.js, ONNX Runtime, ours.
import gpujs from 'gpu.js';
import type { Device } from '../../../src/engine/devices/device';
import { once } from '../../support/deviceData';
import { OnnxGraph } from './onnxGraph';
import { openSession, type OnnxRuntime } from './onnxRuntime';

export interface ProductShape {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** x [rows, inputs]; weight [inputs, outputs]. */
export interface Operands extends ProductShape {
  readonly x: Float32Array;
  readonly weight: Float32Array;
}

/** Computes [rows, outputs]; what it prepared stays until it is disposed. */
export interface Product {
  run(): Float32Array | Promise<Float32Array>;
  dispose(): unknown;
}

/** Typed arrays alone: four rows of W are added to the result at once, so that it is read and written a quarter as often. */
export function loopProduct({ x, weight, rows, inputs, outputs }: Operands): Product {
  const out = new Float32Array(rows * outputs);
  const run = (): Float32Array => {
    out.fill(0);
    for (let k = 0; k < inputs; k += 4) {
      const [w0, w1] = [k * outputs, (k + 1) * outputs];
      const [w2, w3] = [w1 + outputs, w1 + 2 * outputs];
      for (let row = 0; row < rows; row++) {
        const at = row * inputs + k;
        const [x0 = 0, x1 = 0, x2 = 0, x3 = 0] = [x[at], x[at + 1], x[at + 2], x[at + 3]];
        addFour({ out, weight }, row * outputs, [outputs, w0, w1, w2, w3, x0, x1, x2, x3]);
      }
    }
    return out;
  };
  return { run, dispose: () => undefined };
}

type Four = readonly [number, ...(readonly number[])];

function addFour(
  { out, weight }: { readonly out: Float32Array; readonly weight: Float32Array },
  to: number,
  [outputs, w0 = 0, w1 = 0, w2 = 0, w3 = 0, x0 = 0, x1 = 0, x2 = 0, x3 = 0]: Four,
): void {
  for (let n = 0; n < outputs; n++) {
    const old = out[to + n] ?? 0;
    const first = x0 * (weight[w0 + n] ?? 0) + x1 * (weight[w1 + n] ?? 0);
    out[to + n] = old + first + x2 * (weight[w2 + n] ?? 0) + x3 * (weight[w3 + n] ?? 0);
  }
}

const gpujsKernel = `function (x) {
  let sum = 0;
  for (let k = 0; k < this.constants.inputs; k++) {
    sum += x[this.thread.y][k] * this.constants.weight[this.thread.x][k];
  }
  return sum;
}`;

/** GPU.js with its best of what was tried: W stays in its memory, one output in a row. */
export function gpujsProduct({ x, weight, rows, inputs, outputs }: Operands): Product {
  const gpu = new gpujs.GPU({ mode: 'webasm' });
  const turned = new Float32Array(weight.length);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < outputs; n++) turned[n * inputs + k] = weight[k * outputs + n] ?? 0;
  }
  const kernel = gpu.createKernel(gpujsKernel, {
    output: [outputs, rows],
    precision: 'single',
    loopMaxIterations: 1 << 20,
    constants: { weight: gpujs.input(turned, [inputs, outputs]), inputs },
  });
  const given = gpujs.input(x, [inputs, rows]);
  const run = (): Float32Array => {
    const result = kernel(given) as readonly Float32Array[];
    const [first = new Float32Array()] = result;
    return rows === 1 ? first : Float32Array.from(result.flatMap((row) => [...row]));
  };
  return { run, dispose: () => gpu.destroy() };
}

export async function onnxProduct(
  runtime: OnnxRuntime,
  { x, weight, rows, inputs, outputs }: Operands,
  on: 'cpu' | 'wasm',
): Promise<Product> {
  const graph = new OnnxGraph();
  const given = graph.input('x', 'float32', [rows, inputs]);
  const matrix = graph.constant(weight, [inputs, outputs]);
  graph.output('out', graph.operator('MatMul', [given, matrix]), [rows, outputs]);
  const session = await openSession(runtime, graph.model(), { on, threads: 1 });
  const feeds = { x: new runtime.Tensor('float32', x, [rows, inputs]) };
  const run = async (): Promise<Float32Array> =>
    (await session.run(feeds))['out']?.data ?? new Float32Array();
  return { run, dispose: () => session.release() };
}

export async function ourProduct(device: Device, of: Operands): Promise<Product> {
  const { x: values, rows, inputs, outputs } = of;
  const shape = { inputs, outputs, layout: 'in-out' } as const;
  const weight = await device.matrix(shape, once(of.weight));
  const [x, out] = [device.allocate(rows * inputs), device.allocate(rows * outputs)];
  const run = async (): Promise<Float32Array> => {
    device.write(x, 0, values);
    device.linear({ x, weight, out, rows });
    return (await device.read(out)) as Float32Array;
  };
  const dispose = (): void => {
    device.freeMatrix(weight);
    device.free(x);
    device.free(out);
  };
  return { run, dispose };
}
