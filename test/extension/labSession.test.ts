// What the lab has open: one run a place, kept true by its news, let go of when another comes, safe to lose.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { checked } from '../../src/extension/lab/labMessages';
import { LabSession } from '../../src/extension/lab/labSession';
import type { LabHostApi, LabState } from '../../src/protocol/labPanelApi';
import { failureOf } from '../../src/protocol/failures';
import { openLab, type TestLab } from '../support/lab';

describe('lab session', function () {
  this.timeout(30_000); // a loaded machine
  let opened: TestLab;
  let session: LabSession;
  let folders: number;
  let replaced: string[];

  beforeEach(() => {
    opened = openLab();
    folders = 0;
    replaced = [];
    session = new LabSession({
      client: opened.lab,
      newFolder: (kind) => Promise.resolve(join(opened.folder, `${kind}-${(folders += 1)}`)),
      onReplaced: (kind, folder) => {
        replaced.push(`${kind} ${folder}`);
        return Promise.resolve();
      },
    });
  });
  afterEach(async () => {
    session.dispose();
    await opened.close();
  });

  async function helo(): Promise<LabState> {
    const { presets } = await session.state();
    await session.makeRun('helo', presets.helo.start);
    return session.state();
  }

  /** Hands on what the lab tells, as the panel's host does. */
  function hear(): void {
    for (const { run, news } of opened.news.splice(0)) session.heard(run, news);
  }

  it('begins with nothing but what the lab offers', async () => {
    const { presets, training, experiment, stopped } = await session.state();
    assert.deepEqual(
      [training, session.folders, experiment, stopped],
      [undefined, {}, undefined, undefined],
    );
    assert.ok(presets.experiments.length >= 14);
  });

  it('keeps what a run has come to, for a page that is shown again', async () => {
    const { helo: run } = await helo();
    assert.ok(run);
    await opened.lab.step({ run: run.run });
    hear();
    assert.equal((await session.state()).helo?.step, 1);
    const ended = opened.ended(run.run);
    await opened.lab.start({ run: run.run });
    hear();
    assert.equal((await session.state()).helo?.state.state, 'running');
    await session.pauseAll();
    assert.equal((await ended).state, 'paused');
  });

  it('lets go of the run before when another takes its place', async () => {
    const { helo: first } = await helo();
    const { helo: second } = await helo();
    assert.ok(first && second);
    assert.notEqual(second.run, first.run);
    await assert.rejects(opened.lab.history({ run: first.run, after: 0 }), (thrown) => {
      return failureOf(thrown).code === 'lab-run-unknown';
    });
    assert.deepEqual(session.folders, { helo: second.folder });
    assert.deepEqual(replaced, [`helo ${first.folder}`]);
  });

  it('lets go of an experiment that goes on when another takes its place, and opens it again', async () => {
    const { presets } = await session.state();
    const [preset] = presets.experiments;
    assert.ok(preset);
    const { baseline } = preset;
    const experiment = {
      ...preset,
      baseline: {
        ...baseline,
        corpora: [{ kind: 'text', text: 'The cat sits. '.repeat(200), weight: 1 }] as const,
        training: { ...baseline.training, batch: 1, steps: 1000 },
      },
      prediction: 'They stay.',
    };
    const first = await session.makeExperiment(experiment);
    await opened.lab.startExperiment(first);
    const second = await session.makeExperiment(experiment);
    assert.deepEqual(replaced, [`experiment ${first.folder}`]);
    assert.deepEqual(session.folders, { experiment: second.folder });
    await assert.rejects(opened.lab.startExperiment(first), (thrown) => {
      return failureOf(thrown).code === 'lab-run-unknown';
    });
    await session.openExperiment(first.folder);
    const { experiment: again } = await session.state();
    assert.equal(again?.content.prediction, 'They stay.');
    // Where it was left, each with a checkpoint.
    const { baseline: one, twin } = again.description;
    assert.ok(one.step - twin.step <= 1 && one.step >= twin.step, `${one.step}, ${twin.step}`);
    assert.equal(one.state.state, 'paused');
  });

  it('opens a folder again where its run was left', async () => {
    const { helo: run } = await helo();
    assert.ok(run);
    await opened.lab.step({ run: run.run });
    await session.endRun('helo');
    const again = await session.openRun('training', run.folder);
    assert.equal(again.step, 1);
    assert.deepEqual(session.folders, { training: run.folder });
  });

  it('tells of a change, and that a worker that is gone took everything with it', async () => {
    const { helo: run } = await helo();
    assert.ok(run);
    const told: LabState[] = [];
    session.onState((state) => told.push(state));
    await session.change(run.run, { rate: 0.25 });
    assert.equal(told.at(-1)?.helo?.fixedRate, 0.25);
    await session.change(run.run, { rate: undefined });
    assert.equal(told.at(-1)?.helo?.fixedRate, undefined);
    session.gone({ code: 'engine-crashed', details: { why: 'test' } });
    assert.equal(told.at(-1)?.helo, undefined);
    assert.equal(told.at(-1)?.stopped?.code, 'engine-crashed');
  });
});

describe('messages of the lab’s page', () => {
  it('that are none are refused, and reach nothing', () => {
    const reached: string[] = [];
    const api = new Proxy({} as LabHostApi, {
      get: (_, method) => () => {
        reached.push(String(method));
      },
    });
    const calls = checked(api) as unknown as Record<string, (...given: unknown[]) => unknown>;
    const bad: readonly (readonly [method: keyof LabHostApi, ...given: unknown[]])[] = [
      ['start', { run: -1 }],
      ['start', { run: '1' }],
      ['makeRun', { slot: 'elsewhere', form: {} }],
      ['makeRun', { slot: 'helo', form: [] }],
      ['snapshot', { run: 1, step: 'then', text: '', top: 1 }],
      ['snapshot', { run: 1, step: 1, text: '', top: 1e9 }],
      ['saveVocabulary', { json: {} }],
      ['startingWeight', { model: {}, vocabulary: 10, seed: -1, name: 'wte.weight' }],
      ['learnVocabulary', { sources: 'all', size: 300, special: [], sample: '' }],
    ];
    for (const [method, ...given] of bad) {
      assert.throws(() => calls[method]?.(...given), `${method} ${JSON.stringify(given)}`);
    }
    assert.deepEqual(reached, []);
    calls['start']?.({ run: 1 });
    assert.deepEqual(reached, ['start']);
  });
});
