// What makes a run another run: wrong labels, a second corpus, norms that are held, changes on the way.
import assert from 'node:assert/strict';
import { checkpointFile } from '../../src/engine/training/checkpoint';
import { initialWeights } from '../../src/engine/training/initialWeights';
import { Lessons } from '../../src/engine/training/lessons';
import { Trainer, type TrainingPlan } from '../../src/engine/training/trainer';
import { assertClose } from '../support/closeness';
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

const create = trainingDevices[1]?.create ?? assert.fail('No wasm build runs here.');
const settings = { batch: 4, length: 8, seed: 5, vocabulary: 23, labelNoise: 0 };

describe('Lessons', () => {
  it('change the share of targets that was asked for, and no input', () => {
    const corpora = [countingCorpus(500)];
    const plain = new Lessons([{ fromStep: 1, corpora }], settings);
    const noisy = new Lessons([{ fromStep: 1, corpora }], { ...settings, labelNoise: 0.5 });
    let changed = 0;
    const steps = 200;
    for (let step = 0; step < steps; step++) {
      const [right, wrong] = [plain.next(), noisy.next()];
      assert.deepEqual(wrong.ids, right.ids);
      changed += wrong.targets.filter((target, t) => target !== right.targets[t]).length;
    }
    // Of the half that is drawn anew one in 23 comes out right; four deviations of 6,400 draws are 160.
    const expected = (steps * 32 * 0.5 * 22) / 23;
    assert.ok(Math.abs(changed - expected) < 160, `${changed} of ${expected}`);
  });

  it('follow one another, and can be left out', () => {
    const phases = [
      { fromStep: 1, corpora: [countingCorpus(100)] },
      { fromStep: 4, corpora: [{ tokens: new Uint16Array(100).fill(9), weight: 1 }] },
    ];
    const noisy = { ...settings, labelNoise: 0.2 };
    const [drawn, skipped] = [new Lessons(phases, noisy), new Lessons(phases, noisy)];
    const batches = Array.from({ length: 6 }, () => drawn.next());
    const second = batches.map(({ ids }) => ids.every((id) => id === 9));
    assert.deepEqual(second, [false, false, false, true, true, true]);
    skipped.skip(4);
    assert.deepEqual(skipped.next(), batches[4]);
  });
});

describe('Initial weights', () => {
  const shapeDeviation = async (
    initialisation: 'xavier' | 'he',
    name: string,
  ): Promise<[number, number]> => {
    const source = initialWeights({ ...learningConfig, vocabulary: 400 }, 1, initialisation);
    const values: number[] = [];
    for await (const chunk of source.chunks(name)) values.push(...chunk.values);
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    return [Math.sqrt(square), values.length];
  };

  it('of Xavier and He have the deviations of their papers', async () => {
    const { width, hidden } = learningConfig;
    const expected: [Parameters<typeof shapeDeviation>, number][] = [
      [['xavier', 'h.0.mlp.c_fc.weight'], Math.sqrt(2 / (width + hidden))],
      [['xavier', 'wte.weight'], Math.sqrt(2 / (400 + width))],
      [['he', 'h.0.mlp.c_fc.weight'], Math.sqrt(2 / width)],
      [['he', 'h.0.mlp.c_proj.weight'], Math.sqrt(2 / hidden)],
      [['he', 'wte.weight'], Math.sqrt(2 / width)],
    ];
    for (const [question, deviation] of expected) {
      const [actual, count] = await shapeDeviation(...question);
      // Four deviations of an estimate from so many values.
      const limit = 4 / Math.sqrt(2 * count);
      assert.ok(Math.abs(actual / deviation - 1) < limit, `${question.join(' ')}: ${actual}`);
    }
  });

  it('are the same in models that have other things beside', async () => {
    const valuesOf = async (changes: Partial<typeof learningConfig>): Promise<Float32Array> => {
      const source = initialWeights({ ...learningConfig, ...changes }, 1);
      for await (const { values } of source.chunks('h.1.mlp.c_fc.weight')) return values;
      return assert.fail('no values');
    };
    const whole = await valuesOf({});
    for (const changes of [
      { position: 'none' },
      { norm: 'none' },
      { tied: false },
      { biases: false },
    ] as const) {
      assert.deepEqual(await valuesOf(changes), whole, JSON.stringify(changes));
    }
  });
});

describe('A run with everything on it', () => {
  const changes: Partial<TrainingPlan> = {
    dropout: 0.1,
    labelNoise: 0.1,
    fixEmbeddingNorm: true,
    initialisation: 'xavier',
  };
  const start = (from?: Parameters<typeof startTrainer>[2]): Promise<Trainer> => {
    const on = { device: create(), plan: { ...plan, ...changes } };
    const then = { fromStep: 4, corpora: [countingCorpus(200, 2)] };
    return Trainer.create(on, [countingCorpus(200)], { breathe, from, then });
  };

  it('goes on from a checkpoint to the very same numbers', async () => {
    const trainer = await start();
    await runSteps(trainer, 2);
    const again = await start(
      await openCheckpoint(await bytesOf(checkpointFile(trainer.content()))),
    );
    assert.deepEqual(await runSteps(again, 5), await runSteps(trainer, 5));
    const [one, other] = [trainer, again].map((t) => bytesOf(checkpointFile(t.content())));
    assert.deepEqual(await one, await other);
  });

  it('keeps the norm of every row of the embedding, and moves the rows', async () => {
    const trainer = await start();
    const table = trainer.weights.find(({ name }) => name === 'wte.weight');
    assert.ok(table !== undefined);
    const before = await trainer.device.read(table.value);
    await runSteps(trainer, 5);
    const after = await trainer.device.read(table.value);
    assert.notDeepEqual(after, before);
    // Rounding to float32 each step.
    const tolerance = 1e-6;
    assertClose(rowNorms(after), rowNorms(before), { tolerance, what: 'norms' });
  });
});

describe('A change on the way', () => {
  it('of the rate, the freezing, the decay holds from the next step on', async () => {
    const [plain, changed] = [await startTrainer(create()), await startTrainer(create())];
    const first = await runSteps(plain, 1);
    assert.deepEqual(await runSteps(changed, 1), first);
    changed.change({ rate: 0.5, freeze: ['*'], decay: 0 });
    const weights = await bytesOf(checkpointFile(changed.content()));
    const [report] = await runSteps(changed, 1);
    assert.equal(report?.rate, 0.5);
    assert.equal(report.gradientNorm, 0, 'nothing is moved');
    const after = await openCheckpoint(await bytesOf(checkpointFile(changed.content())));
    const before = await openCheckpoint(weights);
    for (const name of before.weights.names) {
      assert.deepEqual(await read(after, name), await read(before, name), name);
    }
    changed.change({ rate: undefined, freeze: [] });
    const [back] = await runSteps(changed, 1);
    assert.equal(back?.rate, plan.schedule.peak, 'step 3 is the end of the warm-up');
  });
});

async function read(
  { weights }: Awaited<ReturnType<typeof openCheckpoint>>,
  name: string,
): Promise<number[]> {
  const values: number[] = [];
  for await (const chunk of weights.chunks(name)) values.push(...chunk.values);
  return values;
}

function rowNorms(values: ArrayLike<number>): number[] {
  const { width } = learningConfig;
  return Array.from({ length: values.length / width }, (_, row) =>
    Math.hypot(...Array.from(values).slice(row * width, (row + 1) * width)),
  );
}
