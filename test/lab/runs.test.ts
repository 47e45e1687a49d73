// Training runs in folders: they pause, resume to the very same numbers, change on the way, and can be asked.
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openModelFolder } from '../../src/engine/files/modelFolder';
import type { RunForm } from '../../src/protocol/labForms';
import { nodeModelFiles } from '../../src/worker/nodeFiles';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { openLab, smallForm, type TestLab } from '../support/lab';

const seconds = 60_000; // a loaded machine

async function runToEnd(test: TestLab, run: number): Promise<void> {
  const end = test.ended(run);
  await test.lab.start({ run });
  assert.deepEqual(await end, { state: 'finished' });
}

/** Waits until a run that goes on has made so many steps more. */
async function stepsMade(test: TestLab, run: number, more: number): Promise<void> {
  const made = async (): Promise<number> =>
    (await test.lab.history({ run, after: 0 })).steps?.nats.length ?? 0;
  const before = await made();
  while ((await made()) < before + more) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('A run in the lab', function () {
  this.timeout(seconds);
  let test: TestLab;
  let form: RunForm;
  before(async () => {
    test = openLab();
    form = await smallForm(test);
  });
  after(() => test.close());
  const place = (name: string): string => join(test.folder, name);

  it('is told of as it goes on, and again to whoever asks later', async () => {
    const { run, weights } = await test.lab.createRun({ folder: place('whole'), form });
    await runToEnd(test, run);
    const told = test.news.filter((one) => one.run === run).map(({ news }) => news);
    const history = await test.lab.history({ run, after: 0 });
    const { steps } = history;
    assert.ok(steps !== undefined);
    assert.deepEqual([steps.first, steps.nats.length], [1, 24]);
    const bundles = told.flatMap((news) => (news.kind === 'steps' ? [...news.steps.nats] : []));
    assert.deepEqual(Float32Array.from(bundles), steps.nats);
    // It starts knowing nothing.
    const { config } = await test.lab.openRun({ folder: place('whole') });
    const first = [steps.nats[0] ?? NaN];
    assertClose(first, [Math.log(config.vocabulary)], { tolerance: 0.05, what: 'first loss' });
    assert.deepEqual(
      history.statistics.map(({ step }) => step),
      [4, 8, 12, 16, 20, 24],
    );
    for (const { weightNorm, updateRatio, activations } of history.statistics) {
      assert.equal(weightNorm.length, weights.length);
      assert.ok(updateRatio.every((ratio) => ratio > 0 && ratio < 1));
      assert.deepEqual(
        activations.map(({ name }) => name),
        [
          'blocks.0.resid_pre',
          'blocks.0.attn_out',
          'blocks.0.resid_mid',
          'blocks.0.mlp.post',
          'blocks.0.mlp_out',
          'blocks.0.resid_post',
          'ln_final.normalized',
        ],
      );
    }
    assert.deepEqual(
      history.validations.map(({ step }) => step),
      [8, 16, 24],
    );
    assert.deepEqual(history.snapshots, [0, 6, 12, 18, 24]);
    assert.deepEqual(
      history.samples.map(({ step, prompt }) => [step, prompt]),
      [
        [12, 'The '],
        [24, 'The '],
      ],
    );
    const later = await test.lab.history({ run, after: 20 });
    assert.equal(later.steps?.first, 21);
  });

  it('goes on after its worker is gone, to the very same numbers', async () => {
    const whole = await test.lab.openRun({ folder: place('whole') });
    const expected = await test.lab.history({ run: whole.run, after: 0 });
    const { run } = await test.lab.createRun({ folder: place('parts'), form });
    for (let step = 0; step < 7; step++) await test.lab.step({ run });
    // A checkpoint of step 7; then steps that are lost when nobody closes the run.
    const end = test.ended(run);
    await test.lab.start({ run });
    await test.lab.pause({ run });
    assert.deepEqual(await end, { state: 'paused' });
    await test.lab.step({ run });
    await test.lab.step({ run });
    const again = openLab();
    try {
      const opened = await again.lab.openRun({ folder: place('parts') });
      assert.deepEqual(opened.state, { state: 'paused' });
      await runToEnd(again, opened.run);
      const actual = await again.lab.history({ run: opened.run, after: 0 });
      assert.deepEqual(actual.steps?.nats, expected.steps?.nats);
      assert.deepEqual(actual.validations, expected.validations);
      assert.deepEqual(actual.snapshots, expected.snapshots);
      const [one, other] = ['whole', 'parts'].map((name) =>
        readFileSync(join(place(name), 'checkpoint.safetensors')),
      );
      assert.deepEqual(other, one);
    } finally {
      await again.close();
    }
  });

  it('takes changes along when it is opened again', async () => {
    const folder = place('changed');
    const { run } = await test.lab.createRun({ folder, form });
    await test.lab.step({ run });
    const changed = await test.lab.change({
      run,
      change: { rate: 0.002, freeze: ['wte.*'], decay: 0.3, clip: 0, steps: 5 },
    });
    assert.equal(changed.fixedRate, 0.002);
    const detail = await test.lab.step({ run });
    assert.deepEqual(
      [detail.rate, detail.gradientScale, detail.frozen],
      [0.002, 1, ['wte.weight']],
    );
    assert.equal(detail.statistics.updateRatio[0], 0);
    await test.lab.change({ run, change: { rate: undefined } });
    await runToEnd(test, run);
    const again = openLab();
    try {
      const opened = await again.lab.openRun({ folder });
      const { training } = opened.form;
      assert.deepEqual(
        [opened.step, opened.state.state, opened.fixedRate, training.decay, training.clip],
        [5, 'finished', undefined, 0.3, 0],
      );
      assert.deepEqual([training.freeze, training.steps], [['wte.*'], 5]);
      const more = await again.lab.change({ run: opened.run, change: { steps: 6 } });
      assert.deepEqual(more.state, { state: 'paused' });
    } finally {
      await again.close();
    }
  });

  it('that is changed while it goes on comes to the same numbers when it is made again', async () => {
    const folder = place('changed-on-the-way');
    const long = { ...form, training: { ...form.training, steps: 300 } };
    const { run } = await test.lab.createRun({ folder, form: long });
    const again = place('made-again');
    cpSync(folder, again, { recursive: true });
    await test.lab.start({ run });
    for (const rate of [0.001, 0.02, 0.003]) {
      await test.lab.change({ run, change: { rate } });
      await stepsMade(test, run, 20);
    }
    await test.lab.pause({ run });
    // From its first step on, with the changes alone taken from the other.
    cpSync(join(folder, 'run.json'), join(again, 'run.json'));
    const opened = await test.lab.openRun({ folder: again });
    const made = (await test.lab.history({ run, after: 0 })).steps;
    assert.ok(made);
    while ((await test.lab.step({ run: opened.run })).step < made.nats.length);
    const same = (await test.lab.history({ run: opened.run, after: 0 })).steps;
    assert.deepEqual([...(same?.rate ?? [])], [...made.rate]);
    assert.deepEqual([...(same?.nats ?? [])], [...made.nats]);
    assert.ok(new Set(made.rate).size >= 3, 'all rates were used');
  });

  it('shows everything of one step', async () => {
    const plain = { ...form, training: { ...form.training, dropout: 0, labelNoise: 0 } };
    const { run } = await test.lab.createRun({ folder: place('step'), form: plain });
    const detail = await test.lab.step({ run });
    assert.deepEqual(detail.shape, [4, 16]);
    assert.equal(detail.ids.length, 64);
    const mean = detail.losses.reduce((sum, nats) => sum + nats, 0) / 64;
    // The loss is summed in another order.
    assertClose([mean], [detail.nats], { tolerance: 1e-6, what: 'loss' });
    const after = detail.lossesAfter.reduce((sum, nats) => sum + nats, 0) / 64;
    assert.ok(after < mean, `${after} after ${mean}: the step was downhill`);
    let squares = 0;
    for (const { name } of (await test.lab.openRun({ folder: place('step') })).weights) {
      const { before, gradient, after: moved } = await test.lab.stepTensor({ run, name });
      assert.ok(gradient !== undefined && moved !== undefined);
      squares += gradient.values.reduce((sum, value) => sum + value * value, 0);
      // AdamW's first step is the rate against the sign of the gradient, and decay (Kingma & Ba 2015, section 2.1).
      const decay = before.shape.length >= 2 ? detail.rate * plain.training.decay : 0;
      for (const [i, g] of gradient.values.entries()) {
        if (Math.abs(g * detail.gradientScale) < 1e-5) continue;
        const start = before.values[i] ?? NaN;
        const expected = start * (1 - decay) - detail.rate * Math.sign(g);
        const difference = Math.abs((moved.values[i] ?? NaN) - expected);
        assert.ok(difference < 2e-3 * detail.rate, `${name}[${i}] is off by ${difference}`);
      }
    }
    const norm = [Math.sqrt(squares)];
    assertClose(norm, [detail.gradientNorm], { tolerance: 1e-5, what: 'gradient norm' });
    await rejectsWith('tensor-missing', test.lab.stepTensor({ run, name: 'h.9.mlp' }));
  });

  it('answers as the saved model does, at any moment that was kept', async () => {
    const { run } = await test.lab.openRun({ folder: place('whole') });
    const request = { run, text: 'The cat', top: 3, head: { block: 0, head: 1 } };
    const [start, middle, now] = [
      await test.lab.snapshot({ ...request, step: 0 }),
      await test.lab.snapshot({ ...request, step: 12 }),
      await test.lab.snapshot({ ...request, step: 'now' }),
    ];
    assert.deepEqual([start.step, middle.step, now.step], [0, 12, 24]);
    assert.deepEqual(now.ids.length, 7);
    assert.deepEqual(now.pattern?.shape, [7, 7]);
    for (let row = 0; row < 7; row++) {
      const sum = now.pattern.values.slice(7 * row, 7 * row + 7).reduce((a, b) => a + b, 0);
      assertClose([sum], [1], { tolerance: 1e-6, what: `row ${row}` });
    }
    assert.deepEqual(now.lens.shape, [2, 7, 3]);
    assert.notDeepEqual(middle.embedding.values, start.embedding.values);
    const mean = (nats: Float32Array): number => nats.slice(1).reduce((a, b) => a + b, 0) / 6;
    assert.ok(mean(now.nats) < mean(start.nats), 'it has learned');
    await rejectsWith('snapshot-unknown', test.lab.snapshot({ ...request, step: 13 }));
    await rejectsWith('text-empty', test.lab.snapshot({ ...request, step: 0, text: '' }));

    const folder = place('saved');
    await test.lab.saveModel({ run, step: 12, folder });
    await rejectsWith('folder-taken', test.lab.saveModel({ run, step: 12, folder }));
    const saved = await openModelFolder(await nodeModelFiles(folder), {
      tokenizer: 'skip',
    });
    assert.equal(saved.config.layers, 1);
    for await (const { values } of saved.weights.chunks('wte.weight')) {
      assert.deepEqual(values, middle.embedding.values);
    }
    await saved.close();
  });

  it('measures a training step beside an inference step, and stays as it is', async () => {
    const { run } = await test.lab.createRun({ folder: place('cost'), form });
    const cost = await test.lab.cost({ run });
    for (const ms of [cost.trainingMsPerToken, cost.forwardMsPerToken, cost.inferenceMsPerToken]) {
      assert.ok(ms > 0 && Number.isFinite(ms));
    }
    assert.ok(cost.trainingBytes > 4 * cost.inferenceBytes - 1e5);
    const first = await test.lab.step({ run });
    const whole = await test.lab.openRun({ folder: place('whole') });
    const { steps } = await test.lab.history({ run: whole.run, after: 0 });
    assert.equal(Math.fround(first.nats), steps?.nats[0]);
  });
});
