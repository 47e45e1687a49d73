// Gradients, and weights after three steps, against PyTorch's autograd and optimisers.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Optimiser, type OptimiserSettings } from '../../src/engine/training/optimiser';
import { assertClose } from '../support/closeness';
import { breathe } from '../support/models';
import { oracleNames, readOracle } from '../support/oracle';
import { readSafetensors } from '../support/safetensors';
import { clearGradients, prepareTraining, readAll, type Training } from '../support/training';
import { trainingDevices } from '../support/trainingDevices';

/** The settings the oracle was made with; its gradients are clipped for AdamW alone. */
const optimisers: readonly (OptimiserSettings & {
  readonly rate: number;
  readonly clip: number;
})[] = [
  {
    kind: 'adamw',
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    decay: 0.1,
    rate: 0.01,
    clip: 1,
  },
  { kind: 'sgd', decay: 0, rate: 0.1, clip: Infinity },
  { kind: 'momentum', momentum: 0.9, decay: 0, rate: 0.1, clip: Infinity },
];

for (const { name: deviceName, create, ...tolerances } of trainingDevices) {
  for (const name of oracleNames) {
    describe(`Training ${name} on ${deviceName}`, function () {
      this.timeout(20_000); // the reference is slow

      const oracle = readOracle(name);
      const expected = readSafetensors(join('test/fixtures/oracle', name, 'expected.safetensors'));
      const batch = {
        ids: Int32Array.from(oracle.rows.flatMap((row) => [...row.ids])),
        targets: Int32Array.from(oracle.rows.flatMap((row) => [...row.targets])),
      };
      let training: Training;
      beforeEach(async () => {
        const { weights, rows } = oracle;
        const from = { weights, batch, sequences: rows.length };
        training = await prepareTraining(create(), oracle.config, from);
      });
      afterEach(() => {
        training.device.dispose();
      });

      it('has the loss, with and without a way back', async () => {
        const measured = await training.model.measure(batch, breathe);
        assert.equal(measured.targets, batch.targets.length);
        assertClose([measured.nats], [oracle.loss], { tolerance: 1e-6, what: 'loss' });
        const learned = await training.model.learn(batch, breathe);
        assert.deepEqual(await learned.loss(), measured);
      });

      it('has the gradient of every weight', async () => {
        await training.model.learn(batch, breathe);
        const gradients = await readAll(training, 'gradient');
        for (const [weight, values] of gradients) {
          const what = `grad.${weight}`;
          const tolerance = tolerances.gradients;
          assertClose(values, expected.get(what)?.values ?? [], { tolerance, what });
        }
        const known = [...expected.keys()].filter((key) => key.startsWith('grad.'));
        assert.equal(gradients.size, known.length);
      });

      for (const { rate, clip, ...settings } of optimisers) {
        it(`has the losses and weights of three steps of ${settings.kind}`, async () => {
          const optimiser = new Optimiser(training.device, training.weights.all, settings);
          const losses: number[] = [];
          for (let step = 1; step <= 3; step++) {
            clearGradients(training);
            const learned = await training.model.learn(batch, breathe);
            losses.push((await learned.loss()).nats);
            const gradientScale = Math.min(1, clip / (await optimiser.gradientNorm()));
            optimiser.update({ rate, step, gradientScale });
          }
          const tolerance = tolerances.weights;
          const what = `${settings.kind}.losses`;
          assertClose(losses, expected.get(what)?.values ?? [], { tolerance, what });
          for (const [weight, values] of await readAll(training, 'value')) {
            const what = `${settings.kind}.${weight}`;
            assertClose(values, expected.get(what)?.values ?? [], { tolerance, what });
          }
        });
      }
    });
  }
}
