/** What a run tells, gathered in the lab's page, whatever the order in which it arrives. */
import assert from 'node:assert/strict';
import type { RunDescription, RunHistory, RunNews, StepColumns } from '../../src/protocol/labApi';
import { evenly } from '../../webview/lab/evenly';
import { RunLog } from '../../webview/lab/runLog';

/** Of a description, a log reads these alone. */
const description = { run: 7, step: 3, state: { state: 'paused' } } as unknown as RunDescription;

/** Steps from `first` on whose measures are told from their step. */
function columns(first: number, count: number): StepColumns {
  const column = (scale: number) =>
    Float32Array.from({ length: count }, (_, row) => scale * (first + row));
  return { first, nats: column(1), gradientNorm: column(2), rate: column(4), ms: column(8) };
}

function history(patch: Partial<RunHistory>): RunHistory {
  const nothing = { statistics: [], validations: [], samples: [], snapshots: [] };
  return { steps: undefined, ...nothing, ...patch };
}

const steps = (first: number, count: number): RunNews => ({
  kind: 'steps',
  steps: columns(first, count),
});

describe('The log of a run', () => {
  it('puts what came before the history behind it, each step once', () => {
    const log = new RunLog(description);
    log.take(steps(3, 3));
    log.take({ kind: 'snapshot', step: 4 });
    assert.deepEqual(log.steps, []);
    log.begin(history({ steps: columns(1, 4), snapshots: [2] }));
    log.take(steps(6, 1));
    assert.deepEqual(log.steps, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(log.nats, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(log.ms, [8, 16, 24, 32, 40, 48]);
    assert.deepEqual(log.snapshots, [2, 4]);
    assert.equal(log.step, 6);
  });

  it('goes back to the last checkpoint when the device is lost, and takes the steps anew', () => {
    const log = new RunLog(description);
    log.begin(history({ steps: columns(1, 6), snapshots: [2, 6] }));
    const why = { code: 'device-lost', details: { device: 'webgpu', why: 'hung' } } as const;
    log.take({ kind: 'moved', step: 4, device: 'wasm', why });
    assert.deepEqual(
      [log.steps, log.ms],
      [
        [1, 2, 3, 4],
        [8, 16, 24, 32],
      ],
    );
    assert.deepEqual(log.snapshots, [2]);
    assert.equal(log.description.value?.device, 'wasm');
    assert.deepEqual(log.moved, { step: 4, device: 'wasm', why });
    log.take(steps(5, 2));
    assert.deepEqual(log.nats, [1, 2, 3, 4, 5, 6]);
  });

  it('takes a second history for nothing', () => {
    const log = new RunLog(description);
    log.begin(history({ steps: columns(1, 2) }));
    log.begin(history({ steps: columns(1, 2) }));
    assert.deepEqual(log.steps, [1, 2]);
  });

  it('knows how the run stands at once, and its step before any measure', () => {
    const log = new RunLog(description);
    assert.equal(log.step, 3);
    log.take({ kind: 'state', state: { state: 'running' } });
    assert.deepEqual(log.state.value, { state: 'running' });
  });

  it('keeps one sample for a prompt and step', () => {
    const log = new RunLog(description);
    const sample = { step: 5, prompt: 'a', continuation: 'b' };
    log.begin(history({ samples: [sample] }));
    log.take({ kind: 'sample', sample });
    log.take({ kind: 'sample', sample: { ...sample, prompt: 'c' } });
    assert.deepEqual(
      log.samples.map(({ prompt }) => prompt),
      ['a', 'c'],
    );
  });
});

describe('Rows of a table that are picked evenly', () => {
  it('are all of few, and of many the first, the last and no row twice', () => {
    assert.deepEqual(evenly(3, 5), [0, 1, 2]);
    const picked = evenly(1000, 40);
    assert.equal(picked.length, 40);
    assert.equal(new Set(picked).size, 40);
    assert.deepEqual([picked[0], picked.at(-1)], [0, 999]);
  });
});
