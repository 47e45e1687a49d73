// Products of the shapes of both models, on one thread: 10⁹ operations in a second of CPU time.
import type { Device } from '../../../src/engine/devices/device';
import { chooseDevice } from '../../../src/engine/chooseDevice';
import { seeded, spread } from '../../support/random';
import { against, medians, type Measurement } from '../measurement';
import { buildNames, hostOf, runnableBuilds, type Build } from './builds';
import { checkClose } from './checkClose';
import type { OnnxRuntime } from './onnxRuntime';
import {
  gpujsProduct,
  loopProduct,
  onnxProduct,
  ourProduct,
  type Operands,
  type Product,
  type ProductShape,
} from './products';

const shapes: readonly ProductShape[] = [
  { rows: 1, inputs: 128, outputs: 512 },
  { rows: 1, inputs: 768, outputs: 3072 },
  { rows: 64, inputs: 128, outputs: 512 },
  { rows: 64, inputs: 768, outputs: 3072 },
  { rows: 256, inputs: 768, outputs: 3072 },
];

/** Each candidate computes as often as gives about this much work, so that the clock can tell it. */
const leastOperations = 2e8;
const peers = ['onnxruntime-node', 'onnxruntime-web', 'typed-array loop', 'GPU.js webasm'] as const;

interface Runtimes {
  readonly native: OnnxRuntime;
  readonly web: OnnxRuntime;
}

export async function productRows(runtimes: Runtimes): Promise<Measurement[]> {
  const devices = new Map<Build, Device>();
  for (const build of runnableBuilds()) {
    devices.set(build, await chooseDevice(hostOf(build, 1), 'wasm'));
  }
  const rows: Measurement[] = [];
  for (const shape of shapes) rows.push(...(await measure(shape, { ...runtimes, devices })));
  for (const device of devices.values()) device.dispose();
  return rows;
}

async function measure(
  shape: ProductShape,
  { native, web, devices }: Runtimes & { readonly devices: ReadonlyMap<Build, Device> },
): Promise<Measurement[]> {
  const of = operands(shape);
  const products = new Map<string, Product>([
    ['onnxruntime-node', await onnxProduct(native, of, 'cpu')],
    ['onnxruntime-web', await onnxProduct(web, of, 'wasm')],
    ['typed-array loop', loopProduct(of)],
    ['GPU.js webasm', gpujsProduct(of)],
  ]);
  for (const [build, device] of devices) products.set(build, await ourProduct(device, of));
  const expected = (await products.get('typed-array loop')?.run())?.slice() ?? [];
  for (const [name, product] of products) checkClose(await product.run(), expected, name);
  const candidates = Object.fromEntries(
    [...products].map(([name, product]) => [name, () => rate(product, shape)]),
  );
  const rates = await medians(candidates, { rounds: 5, warmUps: 2 });
  for (const product of products.values()) await product.dispose();
  const what = `product ${shape.rows} × ${shape.inputs} × ${shape.outputs}, one thread`;
  return [...devices.keys()].flatMap((build) => {
    const name = `${what}, ${buildNames[build]}`;
    const ours = { name, value: rates[build] ?? NaN, unit: 'GFLOP/s' } as const;
    return peers.map((peer) => against(ours, peer, rates[peer] ?? NaN));
  });
}

async function rate(product: Product, shape: ProductShape): Promise<number> {
  const operations = 2 * shape.rows * shape.inputs * shape.outputs;
  const times = Math.max(1, Math.ceil(leastOperations / operations));
  const start = process.cpuUsage();
  for (let n = 0; n < times; n++) await product.run();
  const { user, system } = process.cpuUsage(start);
  return (times * operations) / 1000 / (user + system);
}

function operands(shape: ProductShape): Operands {
  const random = seeded(1);
  const x = spread(random, shape.rows * shape.inputs);
  return { ...shape, x, weight: spread(random, shape.inputs * shape.outputs) };
}
