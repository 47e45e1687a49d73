// Each experiment has the effect that it is there to show, on a small model; and what is not one is refused.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangeKind, Experiment, ExperimentResult } from '../../src/protocol/labExperiments';
import type { RunForm } from '../../src/protocol/labForms';
import type { RunHistory } from '../../src/protocol/labApi';
import { rejectsWith } from '../support/failing';
import { openLab, type TestLab } from '../support/lab';

interface Outcome extends ExperimentResult {
  readonly histories: Readonly<Record<'baseline' | 'twin', RunHistory>>;
  /** Names of the twin's weights. */
  readonly names: readonly string[];
}

type Effect = (outcome: Outcome) => void;

/** A second of work instead of ten. */
function smaller(form: RunForm): RunForm {
  const { model, training, watch } = form;
  const sizes = { layers: 1, context: 16 };
  return {
    ...form,
    model: { ...model, ...sizes },
    training: { ...training, batch: 8, steps: 120 },
    watch: { ...watch, validateEvery: 0, sampleEvery: 0, snapshotEvery: 0 },
  };
}

function nats({ validation }: ExperimentResult['twin']): number {
  return validation?.natsPerToken ?? assert.fail('nothing was held out');
}

const learnsWorse: Effect = ({ baseline, twin }) => {
  assert.ok(nats(twin) > nats(baseline), `${nats(twin)} against ${nats(baseline)}`);
};

function staysAsItWas(prefix: string): Effect {
  return ({ histories, names }) => {
    for (const name of ['baseline', 'twin'] as const) {
      const ratios = histories[name].statistics.flatMap(({ updateRatio }) =>
        [...updateRatio].filter((_, index) => names[index]?.startsWith(prefix)),
      );
      assert.ok(ratios.length > 0);
      assert.ok(
        ratios.every((ratio) => (name === 'twin' ? ratio === 0 : ratio > 0)),
        name,
      );
    }
  };
}

/** What is frozen moves exactly 0 from the first step to the last; all else moves, in both. */
function movesNothingOf(prefix: string): Effect {
  return ({ weights }) => {
    assert.ok(weights.some(({ name }) => name.startsWith(prefix)));
    for (const { name, baseline, twin } of weights) {
      assert.ok((baseline ?? 0) > 0, name);
      assert.ok(name.startsWith(prefix) ? twin === 0 : (twin ?? 0) > 0, `${name} moved ${twin}`);
    }
  };
}

const effects: Readonly<Record<ChangeKind, readonly Effect[]>> = {
  'freeze-embeddings': [
    learnsWorse,
    ({ tokens }) => {
      assert.ok(tokens.twin.distance.every((distance) => distance === 0));
      assert.ok(tokens.baseline.distance.every((distance) => distance > 0));
    },
  ],
  'freeze-output': [learnsWorse, staysAsItWas('lm_head.'), movesNothingOf('lm_head.')],
  'freeze-block': [staysAsItWas('h.0.'), movesNothingOf('h.0.')],
  'fix-embedding-norm': [
    ({ tokens: { twin, baseline } }) => {
      for (const [id, norm] of twin.normAfter.entries()) {
        const before = twin.normBefore[id] ?? NaN;
        // Rounding to float32 in each step.
        assert.ok(Math.abs(norm / before - 1) < 1e-5, `row ${id}: ${before}, then ${norm}`);
        assert.ok((twin.distance[id] ?? 0) > 0 && baseline.normAfter[id] !== norm);
      }
    },
  ],
  'weight-decay': [
    ({ tokens }) => {
      assert.ok(mean(tokens.twin.normAfter) > mean(tokens.baseline.normAfter));
    },
  ],
  'no-norm': [
    learnsWorse,
    ({ weights, names }) => {
      assert.ok(!names.some((name) => name.includes('ln_')));
      const norms = weights.filter(({ name }) => name.includes('ln_'));
      assert.ok(norms.length > 0 && norms.every(({ twin }) => twin === undefined));
    },
  ],
  'no-activation': [learnsWorse],
  'no-positions': [
    ({ probes }) => {
      for (const { text, baseline, twin } of probes) {
        assert.equal(baseline[0]?.text, text[0], `${text} with positions`);
        // The same letters in another order: the same sum in another order, a rounding apart.
        const swapped = probes.find((other) => other.text === `${text[1]}${text[0]}:`);
        const other = new Map(swapped?.twin.map(({ id, probability }) => [id, probability]));
        for (const { id, probability } of twin) {
          const difference = Math.abs(probability - (other.get(id) ?? NaN));
          assert.ok(difference < 1e-6, `${text}: ${difference}`);
        }
      }
    },
  ],
  'no-mask': [
    ({ baseline, twin }) => {
      // It copies what it is to predict, and cannot predict without it.
      assert.ok(twin.trainNats < 0.5 * baseline.trainNats);
      assert.ok(nats(twin) < nats(baseline));
      const blind = twin.validationBlind?.natsPerToken ?? NaN;
      assert.ok(blind > nats(baseline), `${blind} against ${nats(baseline)}`);
      assert.equal(baseline.validationBlind, undefined);
    },
  ],
  wider: [
    ({ baseline, twin }) => {
      assert.ok(nats(twin) < nats(baseline), `${nats(twin)} against ${nats(baseline)}`);
    },
  ],
  'learning-rate': [
    ({ baseline, twin }) => {
      assert.ok(twin.diverged !== undefined || nats(twin) > nats(baseline));
    },
  ],
  'label-noise': [
    learnsWorse,
    ({ baseline, twin }) => {
      assert.ok(twin.trainNats > baseline.trainNats + 0.5);
    },
  ],
  'second-corpus': [
    ({ baseline, twin }) => {
      const before = twin.before?.natsPerToken ?? NaN;
      assert.ok(nats(twin) > before + 0.5, `${before}, then ${nats(twin)}: not forgotten`);
      assert.ok(nats(baseline) < before, 'it would have learned on');
      assert.equal(baseline.before, undefined);
    },
  ],
  'tiny-corpus': [
    learnsWorse,
    ({ baseline, twin }) => {
      assert.ok(twin.trainNats < baseline.trainNats, 'it is learned by heart');
    },
  ],
};

describe('An experiment', function () {
  this.timeout(60_000); // a loaded machine
  let test: TestLab;
  let presets: readonly Experiment[];
  before(async () => {
    test = openLab();
    presets = (await test.lab.presets()).experiments;
  });
  after(() => test.close());

  const presetOf = (kind: ChangeKind): Experiment => {
    const preset = presets.find(({ change }) => change.kind === kind) ?? assert.fail(kind);
    const { change, baseline } = preset;
    const whole = kind === 'no-positions' || kind === 'no-mask';
    const model = { ...baseline.model, context: Math.min(16, baseline.model.context) };
    const small = whole ? { ...baseline, model } : smaller(baseline);
    const earlier = change.kind === 'second-corpus' ? { ...change, fromStep: 61 } : change;
    return { ...preset, baseline: small, change: earlier };
  };

  const run = async (experiment: Experiment): Promise<Outcome> => {
    const folder = join(test.folder, experiment.name);
    const made = await test.lab.createExperiment({ folder, experiment });
    await test.lab.startExperiment(made);
    await test.lab.settled(made.experiment);
    const result = await test.lab.experimentResult(made);
    return {
      ...result,
      histories: {
        baseline: await test.lab.history({ run: made.baseline.run, after: 0 }),
        twin: await test.lab.history({ run: made.twin.run, after: 0 }),
      },
      names: made.twin.weights.map(({ name }) => name),
    };
  };

  for (const [kind, promised] of Object.entries(effects)) {
    it(`has the effect that was promised: ${kind}`, async () => {
      // Object.entries forgets what the keys are.
      const outcome = await run(presetOf(kind as ChangeKind));
      for (const effect of promised) effect(outcome);
      const { baseline, twin } = outcome.histories;
      const [one, other] = [baseline.steps?.nats[0], twin.steps?.nats[0]];
      const sameStart = ['freeze', 'fix', 'weight', 'learning', 'second'];
      if (sameStart.some((start) => kind.startsWith(start))) assert.equal(other, one);
    });
  }

  it('goes on where it was left when its folder is opened again, to the same result', async () => {
    const experiment = { ...presetOf('freeze-embeddings'), name: 'left', prediction: 'No move.' };
    const whole = await run({ ...experiment, name: 'left-whole' });
    const folder = join(test.folder, 'left');
    const made = await test.lab.createExperiment({ folder, experiment });
    await test.lab.startExperiment(made);
    await test.lab.pauseExperiment(made);
    await test.lab.closeExperiment(made);
    await rejectsWith('lab-run-unknown', test.lab.startExperiment(made));
    const { description, content } = await test.lab.openExperiment({ folder });
    assert.deepEqual(content, experiment);
    assert.equal(description.baseline.state.state, 'paused');
    await test.lab.startExperiment(description);
    await test.lab.settled(description.experiment);
    const result = await test.lab.experimentResult(description);
    assert.deepEqual(result.tokens, whole.tokens);
    assert.deepEqual(result.probes, whole.probes);
    await rejectsWith('file-missing', test.lab.openExperiment({ folder: join(folder, 'twin') }));
  });

  it('is a file that can be read, written and run again', async () => {
    const file = join(test.folder, 'mine.experiment.json');
    const corpus = { kind: 'files', files: ['corpus.txt'], weight: 1 } as const;
    const experiment = presetOf('label-noise');
    const written = { ...experiment, baseline: { ...experiment.baseline, corpora: [corpus] } };
    await test.lab.writeExperiment({ file, experiment: written });
    const read = await test.lab.readExperiment({ file });
    // Paths are as seen from the file.
    const there = { ...corpus, files: [join(test.folder, 'corpus.txt')] };
    const expected = { ...written, baseline: { ...written.baseline, corpora: [there] } };
    assert.deepEqual(read, expected);

    const content = JSON.parse(readFileSync(file, 'utf8')) as object;
    for (const [broken, field] of [
      [{ ...content, version: 2 }, 'version'],
      [{ ...content, change: { kind: 'magic' } }, 'change.kind'],
      [{ ...content, change: { kind: 'label-noise', share: 3 } }, 'change.share'],
    ] as const) {
      writeFileSync(file, JSON.stringify(broken));
      const details = await rejectsWith('experiment-invalid', test.lab.readExperiment({ file }));
      assert.ok((details as { why: string }).why.startsWith(field), JSON.stringify(details));
    }
    writeFileSync(file, '{');
    await rejectsWith('experiment-invalid', test.lab.readExperiment({ file }));
  });

  it('that changes nothing, or what is not there, is refused; its result waits for its end', async () => {
    const folder = join(test.folder, 'refused');
    const base = presetOf('weight-decay');
    const same = { ...base, change: { kind: 'weight-decay', decay: 0.1 } } as const;
    const create = (experiment: Experiment): Promise<unknown> =>
      test.lab.createExperiment({ folder, experiment });
    await rejectsWith('setting-invalid', create(same));
    await rejectsWith(
      'setting-invalid',
      create({ ...base, change: { kind: 'freeze-block', block: 7 } }),
    );
    const tied = { ...base.baseline, model: { ...base.baseline.model, tied: true } };
    await rejectsWith(
      'setting-invalid',
      create({ ...base, baseline: tied, change: { kind: 'freeze-output' } }),
    );
    const made = await test.lab.createExperiment({ folder, experiment: base });
    await rejectsWith('experiment-unfinished', test.lab.experimentResult(made));
    await test.lab.startExperiment(made);
    await test.lab.pauseExperiment(made);
    await rejectsWith('experiment-unfinished', test.lab.experimentResult(made));
  });
});

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
