// Training's half of the op table on every device that trains, against the float64 reference, on the same input.
import assert from 'node:assert/strict';
import type { Values } from '../../src/engine/devices/device';
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import type { TrainingDevice } from '../../src/engine/devices/trainingDevice';
import { assertClose } from '../support/closeness';
import { put } from '../support/deviceData';
import {
  gradientInputs,
  largeGradientCases,
  runGradient,
  smallGradientCases,
} from '../support/gradientCases';
import { seeded, spread, wholes } from '../support/random';
import { gpujsTrainingDevices } from '../support/gpujsDevices';
import { trainingDevices } from '../support/trainingDevices';

/** Sums of a thousand float32 products are off by about 1e-6 of the largest; gradients sum twice. */
const tolerance = 1e-4;
const activations = ['gelu_new', 'gelu', 'relu', 'silu_gated', 'identity'] as const;

const compared = trainingDevices.filter((device) => device.name !== 'reference');

for (const { name, create } of [...compared, ...gpujsTrainingDevices]) {
  describe(`Training parity of ${name} with the float64 reference`, () => {
    let device: TrainingDevice;
    beforeEach(() => {
      device = create();
    });
    afterEach(() => {
      device.dispose();
    });

    for (const test of [...smallGradientCases, ...largeGradientCases]) {
      it(`holds for ${test.name}, forward and backward`, async function () {
        this.timeout(20_000); // the reference is slow
        for (const scale of [1, 30]) {
          const inputs = gradientInputs(test, scale);
          const actual = await runGradient(device, test, inputs);
          const expected = await runGradient(new ReferenceTrainingDevice(), test, inputs);
          assertClose(actual.out, expected.out, { tolerance, what: `out at scale ${scale}` });
          for (const [part, gradient] of expected.gradients) {
            const what = `gradient of ${part} at scale ${scale}`;
            assertClose(actual.gradients.get(part) ?? [], gradient, { tolerance, what });
          }
        }
      });
    }

    it('holds for products of parts of arrays, plus a row, plus what was there, and of one row', async () => {
      for (const [rows, columns, depth] of [
        [1, 1, 1],
        [1, 40, 17],
        [5, 9, 300],
        [7, 600, 3],
      ] as const) {
        for (const transposed of [undefined, 'a', 'b'] as const) {
          for (const plus of ['nothing', 'row', 'out'] as const) {
            const [aWidth, bWidth] = [
              transposed === 'a' ? rows : depth,
              transposed === 'b' ? depth : columns,
            ];
            await same(device, async (on) => {
              const out = put(on, spread(seeded(1), 2 + rows * (columns + 3)));
              const row = put(on, spread(seeded(2), columns));
              const a = put(on, spread(seeded(3), 1 + Math.max(rows, depth) * (aWidth + 1)));
              const b = put(on, spread(seeded(4), 5 + Math.max(columns, depth) * (bWidth + 2)));
              on.product({
                a: { array: a, offset: 1, stride: aWidth + 1 },
                b: { array: b, offset: 5, stride: bWidth + 2 },
                ...(transposed === undefined ? {} : { transposed }),
                out: { array: out, offset: 2, stride: columns + 3 },
                ...{ rows, columns, depth },
                plus: plus === 'out' ? 'out' : plus === 'row' ? row : undefined,
              });
              return on.read(out);
            });
          }
        }
      }
    });

    it('replaces or adds the gradient of a norm, and may write over the one it reads', async () => {
      for (const kind of ['layer', 'rms'] as const) {
        for (const into of ['replace', 'add', 'in place'] as const) {
          await same(device, async (on) => {
            const common = { kind, rows: 5, columns: 19, epsilon: 1e-5 };
            const dOut = put(on, spread(seeded(1), 95));
            const dx = into === 'in place' ? dOut : put(on, spread(seeded(2), 95));
            const [x, weight] = [put(on, spread(seeded(3), 95)), put(on, spread(seeded(4), 19))];
            const dWeight = put(on, spread(seeded(5), 19));
            const arrays = { x, weight, dOut, dx, dWeight };
            on.normBackward({ ...common, ...arrays, into: into === 'add' ? 'add' : 'replace' });
            return on.read(dx);
          });
        }
      }
    });

    for (const kind of activations) {
      it(`has a finite slope of ${kind} for any finite number`, async () => {
        const x = Float32Array.of(-3.4e38, -1e20, -100, -20, 20, 100, 1e20, 3.4e38);
        const ones = put(device, new Float32Array(x.length).fill(1));
        const length = x.length;
        device.activationBackward({ kind, x: put(device, x), dOut: ones, dx: ones, length });
        for (const [i, slope] of (await device.read(ones)).entries()) {
          const value = x[i] ?? NaN;
          const limit = kind === 'identity' || value > 0 ? 1 : 0;
          assert.ok(Math.abs(slope - limit) <= 1e-6, `${kind}′(${value}) is ${slope}`);
        }
      });
    }

    it('gives a key bias no gradient, since softmax does not see a shift of all keys', async () => {
      const shape = { batch: 3, length: 37, heads: 4, keyHeads: 2, headSize: 7 };
      const [rows, width] = [shape.batch * shape.length, 8 * 7];
      const fused = put(device, spread(seeded(1), rows * width));
      const pattern = device.allocate(shape.batch * shape.heads * shape.length ** 2);
      const out = device.allocate(rows * 4 * 7);
      device.attention({ fused, pattern, out, shape, scale: 0.4 });
      const dFused = device.allocate(rows * width);
      const dOut = put(device, spread(seeded(2), rows * 4 * 7));
      device.attentionBackward({ fused, pattern, dOut, dFused, shape, scale: 0.4 });
      const sums = device.allocate(width);
      device.columnSums({ x: dFused, sums, rows, columns: width });
      assert.deepEqual(await device.read(sums, 4 * 7, 2 * 7), new Float32Array(2 * 7));
    });

    it('writes losses from an offset on and leaves the others', async () => {
      await same(device, async (on) => {
        const losses = put(on, spread(seeded(1), 9));
        const logits = put(on, spread(seeded(2), 5 * 131, 20));
        const targets = wholes(seeded(3), 5, 131);
        on.crossEntropy({ logits, targets, columns: 131, scale: 0.25, losses, offset: 3 });
        return on.read(losses);
      });
    });

    for (const decayKind of ['decoupled', 'gradient'] as const) {
      it(`takes the steps of Adam with ${decayKind} decay`, async () => {
        await same(device, async (on) => {
          const weight = put(on, spread(seeded(1), 131));
          const [mean, square] = [on.allocate(131), on.allocate(131)];
          for (let step = 1; step <= 20; step++) {
            const gradient = put(on, spread(seeded(step + 1), 131));
            const rates = { rate: 0.01, decay: 0.1, gradientScale: 0.5, decayKind };
            const means = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, step };
            on.adam({ weight, gradient, mean, square, ...rates, ...means });
          }
          return on.read(weight);
        });
      });
    }

    it('keeps the state of a weight without gradient out of the denormals', async () => {
      const [weight, gradient] = [put(device, Float32Array.of(1, 1, 1)), device.allocate(3)];
      const [mean, square] = [
        put(device, Float32Array.of(1e-20, 1e-30, 0)),
        put(device, Float32Array.of(1e-37, 1e-38, 0)),
      ];
      const rates = { rate: 0.01, decay: 0, gradientScale: 1, decayKind: 'decoupled' } as const;
      const means = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8 };
      for (let step = 1; step <= 50; step++) {
        device.adam({ weight, gradient, mean, square, ...rates, ...means, step });
      }
      const smallestNormal = 1.17549435e-38;
      for (const value of [...(await device.read(mean)), ...(await device.read(square))]) {
        assert.ok(value === 0 || value >= smallestNormal, `${value} is denormal`);
      }
      assert.deepEqual(await device.read(weight), Float32Array.of(1, 1, 1));
    });

    for (const momentum of [undefined, 0, 0.9]) {
      it(`takes the steps of gradient descent with momentum ${momentum ?? 'none'}`, async () => {
        await same(device, async (on) => {
          const weight = put(on, spread(seeded(1), 17));
          const velocity = momentum === undefined ? undefined : on.allocate(17);
          for (let step = 1; step <= 20; step++) {
            const gradient = put(on, spread(seeded(step + 1), 17));
            const rates = { rate: 0.1, decay: 0.01, gradientScale: 0.5 };
            on.descend({ weight, gradient, velocity, momentum: momentum ?? 0, ...rates });
          }
          return on.read(weight);
        });
      });
    }

    it('sums squares into one element, and clears', async () => {
      for (const length of [1, 3, 17, 4096]) {
        await same(device, async (on) => {
          const [x, out] = [put(on, spread(seeded(1), length)), on.allocate(3)];
          on.sumOfSquares({ x, out, index: 1 });
          on.clear(x);
          on.sumOfSquares({ x, out, index: 2 });
          return on.read(out);
        });
      }
    });
  });
}

/** Runs the same on a device and on the reference. */
async function same(
  device: TrainingDevice,
  run: (on: TrainingDevice) => Promise<Values>,
): Promise<void> {
  const expected = await run(new ReferenceTrainingDevice());
  assertClose(await run(device), expected, { tolerance, what: 'result' });
}
