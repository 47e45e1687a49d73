// Dropout: what is dropped is decided by the seed and the step, and the gradient is that of what was left.
import assert from 'node:assert/strict';
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import { Scratch } from '../../src/engine/model/scratch';
import { Dropout } from '../../src/engine/training/dropout';
import { TrainedWeights } from '../../src/engine/training/trainedWeights';
import { TrainingModel } from '../../src/engine/training/trainingModel';
import { breathe, randomWeights, smallConfig } from '../support/models';
import { seeded, spread, wholes } from '../support/random';
import { weightsOf } from '../support/safetensors';
import { readAll } from '../support/training';

describe('Dropout', function () {
  this.timeout(20_000); // the reference is slow

  it('drops the share that was asked for and lets the rest grow by as much', async () => {
    const device = new ReferenceTrainingDevice();
    const dropout = new Dropout({ device, memory: new Scratch(device) }, { share: 0.25, seed: 3 });
    const length = 40_000;
    const layers = [dropout.layer(length), dropout.layer(length)];
    const ones = device.allocate(length);
    device.write(ones, 0, new Float32Array(length).fill(1));
    const dropped = async (step: number, layer: number): Promise<number[]> => {
      const out = device.allocate(length);
      dropout.start(step);
      assert.equal(layers[layer]?.apply({ from: ones, to: out }), true);
      dropout.stop();
      return Array.from(await device.read(out));
    };
    const first = await dropped(1, 0);
    const zeros = first.filter((value) => value === 0).length;
    // Four deviations of a binomial of 40,000 and 1/4 are 346.
    assert.ok(Math.abs(zeros - length / 4) < 346, `${zeros} were dropped`);
    assert.ok(first.every((value) => value === 0 || value === Math.fround(4 / 3)));
    assert.deepEqual(await dropped(1, 0), first);
    assert.notDeepEqual(await dropped(2, 0), first);
    assert.notDeepEqual(await dropped(1, 1), first);
    assert.equal(layers[0]?.apply({ from: ones, to: ones }), false, 'outside a step');
  });

  for (const normPlace of ['pre', 'post'] as const) {
    it(`has the gradient of the loss that it leaves, norms ${normPlace}`, async () => {
      const config = { ...smallConfig, normPlace };
      const device = new ReferenceTrainingDevice();
      const options = { weights: weightsOf(randomWeights(config)), breathe };
      const weights = await TrainedWeights.load({ device, config }, options);
      const on = { device, config, dropout: { share: 0.3, seed: 5 } };
      const model = await TrainingModel.create(on, weights, { batch: 2, length: 5 });
      const ids = wholes(seeded(3), 10, config.vocabulary);
      const batch = { ids, targets: wholes(seeded(4), 10, config.vocabulary) };
      // The same step drops the same: the loss is a function of the weights.
      const loss = async (): Promise<number> =>
        (await (await model.learn(batch, breathe, 7)).loss()).nats;
      const dropped = await loss();
      assert.notEqual((await model.measure(batch, breathe)).nats, dropped);
      const gradients = await readAll({ device, model, weights }, 'gradient');
      const step = 2 ** -12;
      for (const [index, { name, value }] of weights.all.entries()) {
        const original = Float32Array.from(await device.read(value));
        const direction = spread(seeded(index), original.length);
        const losses: number[] = [];
        for (const sign of [1, -1]) {
          device.write(
            value,
            0,
            original.map((v, i) => v + sign * step * (direction[i] ?? NaN)),
          );
          losses.push(await loss());
        }
        device.write(value, 0, original);
        const expected = (losses[0] ?? NaN) - (losses[1] ?? NaN);
        let actual = 0;
        for (const [i, v] of original.entries()) {
          const by = step * (direction[i] ?? NaN);
          const taken = Math.fround(v + by) - Math.fround(v - by);
          actual += taken * (gradients.get(name)?.[i] ?? NaN);
        }
        // Steps of 2e-4 leave a third derivative behind: 1e-3 of the change, and 1e-8 for changes near 0.
        const limit = 1e-3 * Math.abs(expected) + 1e-8;
        assert.ok(Math.abs(actual - expected) <= limit, `${name}: ${actual} against ${expected}`);
      }
    });
  }
});
