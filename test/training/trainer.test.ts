// Training runs as a whole: they learn, repeat, resume, stop in time and can be read by others.
import assert from 'node:assert/strict';
import { openModelFolder } from '../../src/engine/files/modelFolder';
import { Decoder } from '../../src/engine/model/decoder';
import { checkpointFile, weightsFile } from '../../src/engine/training/checkpoint';
import type { OptimiserSettings } from '../../src/engine/training/optimiser';
import { Trainer } from '../../src/engine/training/trainer';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { memoryFolder } from '../support/modelFolders';
import { breathe } from '../support/models';
import { trainingDevices } from '../support/trainingDevices';
import {
  bytesOf,
  countingCorpus,
  learningConfig,
  openCheckpoint,
  plan,
  runSteps,
  startTrainer,
} from '../support/trainingRuns';

const optimisers: readonly OptimiserSettings[] = [
  plan.optimiser,
  { kind: 'adam', beta1: 0.8, beta2: 0.9, epsilon: 1e-8, decay: 0.1 },
  { kind: 'sgd', decay: 0.1 },
  { kind: 'momentum', momentum: 0.9, decay: 0.1 },
];

for (const { name, create, resumed } of trainingDevices) {
  describe(`A training run on ${name}`, function () {
    this.timeout(20_000); // the reference is slow

    it('learns what can be foretold', async () => {
      const changes = { steps: 60, batch: 8, schedule: { peak: 0.02, warmup: 5, final: 0.1 } };
      const trainer = await startTrainer(create(), changes);
      const losses = (await runSteps(trainer, 60)).map(({ nats }) => nats);
      // It starts knowing nothing, ln 23 = 3.14 nats; what cannot be foretold is 0.33 nats.
      assertClose([losses[0] ?? NaN], [Math.log(23)], { tolerance: 0.05, what: 'first loss' });
      const last = losses.slice(-5).reduce((sum, nats) => sum + nats / 5, 0);
      assert.ok(last < 0.9, `the last losses are ${last}`);
    });

    it('repeats itself with the same seed and not with another', async () => {
      const [first, second] = [await startTrainer(create()), await startTrainer(create())];
      const reports = await runSteps(first, 4);
      assert.deepEqual(await runSteps(second, 4), reports);
      const files = [first, second].map((trainer) => bytesOf(checkpointFile(trainer.content())));
      assert.deepEqual(await files[1], await files[0]);
      const other = await startTrainer(create(), { seed: 8 });
      assert.notDeepEqual(await runSteps(other, 4), reports);
    });

    for (const optimiser of optimisers) {
      it(`goes on from a checkpoint as if it had not stopped, with ${optimiser.kind}`, async () => {
        const trainer = await startTrainer(create(), { optimiser });
        await runSteps(trainer, 5);
        const checkpoint = await openCheckpoint(await bytesOf(checkpointFile(trainer.content())));
        assert.deepEqual([checkpoint.run.step, checkpoint.run.seed], [5, plan.seed]);
        const again = await startTrainer(create(), { optimiser }, checkpoint);
        assert.equal(again.step, 5);
        const [expected, actual] = [await runSteps(trainer, 4), await runSteps(again, 4)];
        if (resumed === 'bit for bit') {
          assert.deepEqual(actual, expected);
          const [whole, parts] = [trainer, again].map((t) => bytesOf(checkpointFile(t.content())));
          assert.deepEqual(await parts, await whole);
        } else {
          const [a, e] = [actual, expected].map((reports) => reports.map(({ nats }) => nats));
          // A checkpoint is float32, half a unit of which is 6e-8 of each weight; Adam divides by small roots.
          assertClose(a ?? [], e ?? [], { tolerance: 1e-5, what: 'losses' });
        }
      });
    }

    it('moves every weight but those that are frozen', async () => {
      const trainer = await startTrainer(create(), { freeze: ['wte.*', 'h.1.*'] });
      const read = () => Promise.all(trainer.content().weights.map(readValue));
      const readValue = ({ value }: { value: Parameters<typeof device.read>[0] }) =>
        device.read(value);
      const { device } = trainer.content();
      const before = await read();
      await runSteps(trainer, 2);
      const after = await read();
      for (const [index, { name: weight }] of trainer.content().weights.entries()) {
        const frozen = weight.startsWith('wte.') || weight.startsWith('h.1.');
        const same = before[index]?.every((value, i) => value === after[index]?.[i]);
        assert.equal(same, frozen, weight);
      }
    });

    it('can be interrupted in the middle of a step, which is then made again', async () => {
      const [calm, stopped] = [await startTrainer(create()), await startTrainer(create())];
      const expected = await runSteps(calm, 3);
      const reports = await runSteps(stopped, 1);
      let pauses = 0;
      const interrupt = (): Promise<void> => {
        pauses++;
        return pauses === 6 ? Promise.reject(new Error('interrupted')) : Promise.resolve();
      };
      await assert.rejects(stopped.advance(interrupt), /interrupted/);
      assert.equal(stopped.step, 1);
      assert.deepEqual([...reports, ...(await runSteps(stopped, 2))], expected);
    });

    it('stops when the loss diverges, with the last checkpoint unharmed', async () => {
      const wild = { optimiser: { kind: 'sgd', decay: 0 }, clip: Infinity } as const;
      const schedule = { peak: 1e4, warmup: 0, final: 1 };
      const trainer = await startTrainer(create(), { ...wild, schedule });
      const kept = await bytesOf(checkpointFile(trainer.content()));
      const details = await rejectsWith('training-diverged', runSteps(trainer, 10));
      assert.ok((details as { step: number }).step > 1);
      const again = await startTrainer(create(), wild, await openCheckpoint(kept));
      const [report] = await runSteps(again, 1);
      assertClose([report?.nats ?? NaN], [Math.log(23)], { tolerance: 0.05, what: 'loss' });
    });

    it('does not take an unlucky batch for divergence when it knows the others by heart', async () => {
      const schedule = { peak: 0.03, warmup: 0, final: 1 };
      const on = { device: create(), plan: { ...plan, batch: 1, steps: 150, schedule } };
      const { context } = learningConfig;
      // One window that is learned by heart, and now and then the same with another end.
      const known = { tokens: countingCorpus(context + 1).tokens, weight: 100 };
      const strange = { tokens: Uint16Array.from(known.tokens).fill(20, context), weight: 1 };
      const trainer = await Trainer.create(on, [known, strange], { breathe });
      const losses = (await runSteps(trainer, 150)).map(({ nats }) => nats);
      // The first twenty steps are those in which it learns.
      const ratio = Math.max(...losses.slice(20)) / Math.min(...losses);
      assert.ok(ratio > 10, `the largest late loss is ${ratio} times the least`);
    });

    it('leaves a model that the decoder reads, with the same loss', async () => {
      const trainer = await startTrainer(create());
      await runSteps(trainer, 3);
      const { tokens } = countingCorpus(3 * learningConfig.context, 5);
      const bytes = { tokens, bytesOf: () => 2 };
      const evaluation = await trainer.evaluate(bytes, breathe);
      const { context, vocabulary } = learningConfig;
      assert.equal(evaluation.tokens, 3 * (context - 1));

      const folder = memoryFolder({
        'config.json': JSON.stringify({
          n_embd: learningConfig.width,
          n_head: learningConfig.heads,
          n_layer: learningConfig.layers,
          n_positions: context,
          n_inner: learningConfig.hidden,
          vocab_size: vocabulary,
        }),
        'model.safetensors': await bytesOf(weightsFile(trainer.content())),
      });
      const { config, weights } = await openModelFolder(folder, { tokenizer: 'skip' });
      const decoder = await Decoder.load({ device: create(), config, weights, breathe });
      let nats = 0;
      for (let start = 0; start < tokens.length; start += context) {
        const ids = Int32Array.from(tokens.subarray(start, start + context));
        const logits = await decoder.forward({ ids, logits: 'all', breathe });
        for (let t = 1; t < context; t++) {
          const row = logits.subarray((t - 1) * vocabulary, t * vocabulary);
          nats += surprisal(row, ids[t] ?? NaN);
        }
      }
      const mean = nats / evaluation.tokens;
      // The file is float32: 6e-8 of each weight.
      const expected = [mean, mean / Math.LN2 / 2];
      const actual = [evaluation.natsPerToken, evaluation.bitsPerByte ?? NaN];
      assertClose(actual, expected, { tolerance: 1e-5, what: 'nats and bits' });
    });
  });
}

describe('A checkpoint', () => {
  const create = trainingDevices[0]?.create;

  it('that is cut off, damaged or of something else is refused', async () => {
    assert.ok(create !== undefined);
    const trainer = await startTrainer(create());
    const bytes = await bytesOf(checkpointFile(trainer.content()));
    await rejectsWith('safetensors-malformed', openCheckpoint(bytes.slice(0, -1)));
    await rejectsWith('safetensors-malformed', openCheckpoint(bytes.slice(0, 100)));
    const model = await bytesOf(weightsFile(trainer.content()));
    await rejectsWith('checkpoint-foreign', openCheckpoint(model));
    const newer = Uint8Array.from(bytes);
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    new DataView(newer.buffer).setBigInt64(8 + header, 2n, true);
    await rejectsWith('checkpoint-foreign', openCheckpoint(newer));
  });

  it('of another size or optimiser is refused', async () => {
    assert.ok(create !== undefined);
    const optimiser = { kind: 'sgd', decay: 0 } as const;
    const trainer = await startTrainer(create(), { optimiser });
    const checkpoint = await openCheckpoint(await bytesOf(checkpointFile(trainer.content())));
    await rejectsWith('tensor-missing', startTrainer(create(), {}, checkpoint));
    const config = { ...learningConfig, hidden: 24 };
    await rejectsWith('tensor-shape', startTrainer(create(), { config, optimiser }, checkpoint));
  });
});

function surprisal(logits: ArrayLike<number>, target: number): number {
  const values = Array.from(logits);
  const sum = values.reduce((total, logit) => total + Math.exp(logit), 0);
  return Math.log(sum) - (values[target] ?? NaN);
}
