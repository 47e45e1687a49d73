// The smallest world: four letters in two dimensions, one update at a time, both parts freezable, two ways to go wrong.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { RunHistory } from '../../src/protocol/labApi';
import type { HeloPresets } from '../../src/protocol/labLessons';
import { openLab, type TestLab } from '../support/lab';

describe('helo', function () {
  this.timeout(60_000); // a loaded machine
  let test: TestLab;
  before(() => {
    test = openLab();
  });
  after(() => test.close());

  const create = async (name: keyof HeloPresets, folder: string = name): Promise<number> => {
    const { helo } = await test.lab.presets();
    const { run } = await test.lab.createRun({
      folder: join(test.folder, folder),
      form: helo[name],
    });
    return run;
  };

  const history = async (name: keyof HeloPresets, steps: number): Promise<RunHistory> => {
    const run = await create(name, `${name}-${steps}`);
    await test.lab.change({ run, change: { steps } });
    const end = test.ended(run);
    await test.lab.start({ run });
    await end;
    return test.lab.history({ run, after: 0 });
  };

  it('is four letters, two numbers each, and a linear layer', async () => {
    const run = await create('start');
    const { offsets, bytes } = await test.lab.vocabulary({ run });
    assert.equal(new TextDecoder().decode(bytes), 'helo');
    assert.equal(offsets.length, 5);
    const { embedding } = await test.lab.snapshot({ run, step: 'now', text: 'h', top: 4 });
    assert.deepEqual(embedding.shape, [4, 2]);
  });

  it('makes one update at a time, each number of which can be made again by hand', async () => {
    const run = await create('start', 'by-hand');
    for (let step = 0; step < 3; step++) {
      const { ids, targets, rate, nats } = await test.lab.step({ run });
      const table = await test.lab.stepTensor({ run, name: 'wte.weight' });
      const output = await test.lab.stepTensor({ run, name: 'lm_head.weight' });
      const [points, lines] = [table.before.values, output.before.values];
      const [dPoints, dLines] = [new Float64Array(8), new Float64Array(8)];
      let loss = 0;
      for (const [t, id] of ids.entries()) {
        const at = (values: Float32Array, row: number, c: number): number =>
          values[2 * row + c] ?? NaN;
        const logits = [0, 1, 2, 3].map(
          (row) => at(points, id, 0) * at(lines, row, 0) + at(points, id, 1) * at(lines, row, 1),
        );
        const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
        loss += (Math.log(sum) - (logits[targets[t] ?? NaN] ?? NaN)) / ids.length;
        for (const [row, logit] of logits.entries()) {
          const error = (Math.exp(logit) / sum - (row === targets[t] ? 1 : 0)) / ids.length;
          for (const c of [0, 1]) {
            dPoints[2 * id + c] = (dPoints[2 * id + c] ?? NaN) + error * at(lines, row, c);
            dLines[2 * row + c] = (dLines[2 * row + c] ?? NaN) + error * at(points, id, c);
          }
        }
      }
      // Float32 against float64.
      assert.ok(Math.abs(loss - nats) < 1e-6, `${loss} against ${nats}`);
      for (const [tensor, expected] of [
        [table, dPoints],
        [output, dLines],
      ] as const) {
        for (const [i, gradient] of expected.entries()) {
          const told = tensor.gradient?.values[i] ?? NaN;
          assert.ok(Math.abs(told - gradient) < 1e-6, `${tensor.name}[${i}]: ${told}, ${gradient}`);
          const moved = (tensor.before.values[i] ?? NaN) - rate * gradient;
          const after = tensor.after?.values[i] ?? NaN;
          assert.ok(Math.abs(after - moved) < 1e-6, `${tensor.name}[${i}] moved to ${after}`);
        }
      }
    }
  });

  it('learns what can be learned: all but the letter behind l', async () => {
    const { steps, samples } = await history('start', 600);
    const last = steps?.nats.slice(-5).reduce((sum, nats) => sum + nats / 5, 0) ?? NaN;
    // Of five letters two are l, and behind them l and o come as often.
    const least = (2 / 5) * Math.LN2;
    assert.ok(last > least - 1e-3 && last < least + 0.03, `${last} against ${least}`);
    assert.equal(samples.length, 12);
  });

  for (const [part, other] of [
    ['wte.weight', 'lm_head.weight'],
    ['lm_head.weight', 'wte.weight'],
  ] as const) {
    it(`holds ${part} while the other part learns`, async () => {
      const run = await create('start', `frozen-${part}`);
      await test.lab.change({ run, change: { freeze: [part] } });
      await test.lab.step({ run });
      const [held, moved] = [
        await test.lab.stepTensor({ run, name: part }),
        await test.lab.stepTensor({ run, name: other }),
      ];
      assert.deepEqual(held.after, held.before);
      assert.notDeepEqual(moved.after, moved.before);
    });
  }

  it('explodes on demand: without decay, long steps make long vectors', async () => {
    const [calm, wild] = [await history('start', 100), await history('explosion', 100)];
    const [norm, large] = [normsOf(calm), normsOf(wild)];
    assert.ok(
      large.every((size, i) => size > 4 * (norm[i] ?? NaN)),
      `${large.join()} against ${norm.join()}`,
    );
  });

  it('collapses on demand: decay that takes more than gradients give leaves nothing', async () => {
    const collapsed = await history('collapse', 100);
    assert.ok(normsOf(collapsed).every((size) => size < 1e-6));
    // All points are one point: every letter is as likely as any other.
    const last = collapsed.steps?.nats.at(-1) ?? NaN;
    assert.ok(Math.abs(last - Math.log(4)) < 1e-6, `${last}`);
  });
});

/** Norms of both tables behind the last step. */
function normsOf({ statistics }: RunHistory): number[] {
  return [...(statistics.at(-1)?.weightNorm ?? [])];
}
