// The gradient of a whole model of every kind of config, against the slopes of its loss.
import assert from 'node:assert/strict';
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { assertClose } from '../support/closeness';
import { breathe, loadModel, randomWeights, smallConfig } from '../support/models';
import { seeded, spread, wholes } from '../support/random';
import type { Tensor } from '../support/safetensors';
import { prepareTraining, readAll } from '../support/training';

const variants: Readonly<Record<string, Partial<ModelConfig>>> = {
  'GPT-2': {},
  'norms after the sums': { normPlace: 'post' },
  'no norms': { norm: 'none' },
  'no norms after the sums': { norm: 'none', normPlace: 'post' },
  Llama: {
    norm: 'rms',
    position: 'rotary',
    activation: 'silu_gated',
    biases: false,
    keyValueHeads: 2,
    tied: false,
  },
  'sinusoids and exact GELU': { position: 'sinusoidal', activation: 'gelu' },
  'no positions and no non-linearity': { position: 'none', activation: 'identity' },
  'no feed-forward network': { activation: 'none' },
  'no mask': { mask: 'none' },
  'no blocks': { layers: 0, norm: 'none', tied: false },
};

const sequences = 2;
const length = 5;
const ids = wholes(seeded(3), sequences * length, smallConfig.vocabulary);
const targets = wholes(seeded(4), sequences * length, smallConfig.vocabulary);
targets[3] = -1;
const batch = { ids, targets };

describe('The gradient of a whole model', function () {
  this.timeout(20_000); // the reference is slow

  for (const [name, changes] of Object.entries(variants)) {
    const config = { ...smallConfig, ...changes };
    const from = { weights: quiet(randomWeights(config)), sequences, batch };

    it(`is the slope of the loss along a direction: ${name}`, async () => {
      const device = new ReferenceTrainingDevice();
      const training = await prepareTraining(device, config, from);
      await training.model.learn(batch, breathe);
      const gradients = await readAll(training, 'gradient');
      const step = 2 ** -12;
      for (const [index, { name: weight, value, shape }] of training.weights.all.entries()) {
        const original = Float32Array.from(await device.read(value));
        const direction = spread(seeded(index), original.length);
        const losses: number[] = [];
        for (const sign of [1, -1]) {
          // The device holds float64, but is written in float32: the direction really taken is measured below.
          const moved = original.map((v, i) => v + sign * step * (direction[i] ?? NaN));
          device.write(value, 0, moved);
          losses.push((await training.model.measure(batch, breathe)).nats);
        }
        device.write(value, 0, original);
        const taken = original.map((v, i) => {
          const by = step * (direction[i] ?? NaN);
          return Math.fround(v + by) - Math.fround(v - by);
        });
        const expected = (losses[0] ?? NaN) - (losses[1] ?? NaN);
        const actual = taken.reduce(
          (sum, by, i) => sum + by * (gradients.get(weight)?.[i] ?? NaN),
          0,
        );
        assert.deepEqual(
          gradients.get(weight)?.length,
          shape.reduce((a, b) => a * b, 1),
        );
        // Steps of 2e-4 leave a third derivative behind: 1e-3 of the change, and 1e-9 for changes near 0.
        const limit = 1e-3 * Math.abs(expected) + 1e-9;
        const difference = Math.abs(actual - expected);
        assert.ok(
          difference <= limit,
          `${weight}: ${actual} against ${expected}, allowed ${limit}`,
        );
      }
    });

    it(`belongs to the loss of the decoder: ${name}`, async () => {
      const device = new ReferenceTrainingDevice();
      const training = await prepareTraining(device, config, from);
      const { nats, targets: scored } = await training.model.measure(batch, breathe);
      assert.equal(scored, sequences * length - 1);
      const decoder = await loadModel(device, config, from.weights);
      let sum = 0;
      for (let sequence = 0; sequence < sequences; sequence++) {
        const part = ids.subarray(sequence * length, (sequence + 1) * length);
        const logits = await decoder.forward({ ids: part, logits: 'all', breathe });
        for (let t = 0; t < length; t++) {
          const row = logits.subarray(t * config.vocabulary, (t + 1) * config.vocabulary);
          sum += surprisal(row, targets[sequence * length + t] ?? NaN);
        }
      }
      // Both are float64; only the order of sums differs.
      assertClose([nats], [sum / scored], { tolerance: 1e-12, what: 'loss' });
    });
  }

  it('adds up when a batch comes twice', async () => {
    const device = new ReferenceTrainingDevice();
    const from = { weights: randomWeights(smallConfig), sequences, batch };
    const training = await prepareTraining(device, smallConfig, from);
    await training.model.learn(batch, breathe);
    const once = await readAll(training, 'gradient');
    await training.model.learn(batch, breathe);
    for (const [what, twice] of await readAll(training, 'gradient')) {
      const expected = Array.from(once.get(what) ?? [], (value) => 2 * value);
      assertClose(twice, expected, { tolerance: 1e-12, what });
    }
  });
});

/** Without norms, weights of size 1 would make logits of hundreds. */
function quiet(weights: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    Array.from(weights, ([name, { shape, values }]) => {
      return [name, { shape, values: values.map((value) => 0.4 * value) }];
    }),
  );
}

function surprisal(logits: ArrayLike<number>, target: number): number {
  if (target < 0) return 0;
  const values = Array.from(logits);
  const sum = values.reduce((total, logit) => total + Math.exp(logit), 0);
  return Math.log(sum) - (values[target] ?? NaN);
}
