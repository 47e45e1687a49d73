// Experiments and ready corpora from the command line.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentPresets } from '../../src/engine/lab/experimentPresets';
import type { Experiment } from '../../src/protocol/labExperiments';
import { cliLines, cliTimeoutMs, runCli, workFolder } from '../support/cli';

interface Line {
  readonly twin?: string;
  readonly step?: number;
  readonly loss?: number;
  readonly result?: string;
  readonly saved?: string;
  readonly meanOfTokens?: { readonly distance: number };
}

describe('the command experiment', function () {
  this.timeout(cliTimeoutMs);
  const [preset] = experimentPresets;

  const place = (name: string): string => join(workFolder(), name);
  const write = (): string => {
    const { baseline, ...experiment } = preset ?? assert.fail('no preset');
    const { model, training, watch } = baseline;
    const sizes = { layers: 1, width: 16, headSize: 8, hidden: 32, context: 16 };
    const content: Experiment = {
      ...experiment,
      baseline: {
        ...baseline,
        model: { ...model, ...sizes },
        corpora: [{ kind: 'files', files: ['lines.txt'], weight: 1 }],
        training: { ...training, batch: 4, steps: 6 },
        watch: { ...watch, sampleEvery: 0 },
      },
      prediction: 'They do not move.',
    };
    const file = place('mine.experiment.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  it('runs a baseline and its twin, and the same numbers again', async () => {
    const text = await runCli(['corpus', 'english', '--characters', '4000', '--seed', '3']);
    assert.equal(text.code, 0, text.error);
    writeFileSync(place('lines.txt'), text.out);
    const file = write();
    const lines = await cliLines<Line>(['experiment', file]);
    const losses = (twin: string): (number | undefined)[] =>
      lines.filter((line) => line.twin === twin && 'loss' in line).map(({ loss }) => loss);
    assert.equal(losses('baseline').length, 6);
    // The first step starts from the same weights and reads the same text.
    assert.equal(losses('twin')[0], losses('baseline')[0]);
    assert.notEqual(losses('twin')[5], losses('baseline')[5]);
    const results = lines.filter(({ result }) => result !== undefined);
    assert.deepEqual(
      results.map(({ result }) => result),
      ['baseline', 'twin'],
    );
    assert.ok((results[0]?.meanOfTokens?.distance ?? 0) > 0);
    assert.equal(results[1]?.meanOfTokens?.distance, 0);
    const out = place('mine.result');
    assert.equal(lines.at(-1)?.saved, out);
    const saved = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as {
      experiment: Experiment;
    };
    assert.equal(saved.experiment.prediction, 'They do not move.');

    const again = await cliLines<Line>(['experiment', file, '--out', place('again')]);
    assert.deepEqual(
      again.filter((line) => 'loss' in line).sort(byTwin),
      lines.filter((line) => 'loss' in line).sort(byTwin),
    );
    const taken = await runCli(['experiment', file]);
    assert.equal(taken.code, 1);
    assert.match(taken.error, /nothing is written over/);
  });

  it('refuses what is no experiment, and says why', async () => {
    const wrong = place('wrong.experiment.json');
    writeFileSync(wrong, JSON.stringify({ version: 1, name: 'x' }));
    const refused = await runCli(['experiment', wrong]);
    assert.equal(refused.code, 1);
    assert.match(refused.error, /baseline/);
    assert.equal((await runCli(['experiment'])).code, 2);
    assert.equal((await runCli(['corpus', 'klingon'])).code, 2);
  });
});

function byTwin(a: Line, b: Line): number {
  return (a.twin ?? '').localeCompare(b.twin ?? '') || (a.step ?? 0) - (b.step ?? 0);
}
