// What a run in the lab does when something is wrong: it stops, says so, and loses nothing.
import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../../src/protocol/failures';
import type { RunForm } from '../../src/protocol/labForms';
import { rejectsWith } from '../support/failing';
import { openLab, smallForm, type TestLab } from '../support/lab';

describe('A run in the lab', function () {
  this.timeout(60_000); // a loaded machine
  let test: TestLab;
  let form: RunForm;
  before(async () => {
    test = openLab();
    form = await smallForm(test);
    await test.lab.createRun({ folder: place('whole'), form });
  });
  after(() => test.close());
  const place = (name: string): string => join(test.folder, name);

  it('that diverges stops, says so and keeps the last good checkpoint', async () => {
    const wild: RunForm = {
      ...form,
      training: { ...form.training, optimiser: 'sgd', rate: 1e5, warmup: 0, clip: 0 },
    };
    const folder = place('wild');
    const { run } = await test.lab.createRun({ folder, form: wild });
    const kept = readFileSync(join(folder, 'checkpoint.safetensors'));
    const end = test.ended(run);
    await test.lab.start({ run });
    const state = await end;
    assert.ok(state.state === 'failed' && state.failure.code === 'training-diverged');
    assert.deepEqual(readFileSync(join(folder, 'checkpoint.safetensors')), kept);
    const again = await test.lab.openRun({ folder });
    assert.deepEqual([again.step, again.state.state], [0, 'paused']);
  });

  it('that finds the disk full stops, says so, and can be opened again', async () => {
    let full = false;
    const lab = openLab({
      files: (files) => ({
        ...files,
        folder: (path) => {
          const folder = files.folder(path);
          const write: typeof folder.write = (name, content) =>
            full
              ? Promise.reject(fail('file-unwritable', { file: name, why: 'ENOSPC' }))
              : folder.write(name, content);
          return Object.assign(Object.create(folder) as typeof folder, { write });
        },
      }),
    });
    try {
      const folder = join(lab.folder, 'full');
      const { run } = await lab.lab.createRun({ folder, form });
      full = true;
      const end = lab.ended(run);
      await lab.lab.start({ run });
      const state = await end;
      assert.ok(state.state === 'failed' && state.failure.code === 'file-unwritable');
      full = false;
      assert.equal((await lab.lab.openRun({ folder })).step, 0);
    } finally {
      await lab.close();
    }
  });

  it('is refused where one is already, and where the form makes no sense', async () => {
    const taken = test.lab.createRun({ folder: place('whole'), form });
    await rejectsWith('folder-taken', taken);
    const create = (changes: Partial<RunForm>): Promise<unknown> =>
      test.lab.createRun({ folder: place('never'), form: { ...form, ...changes } });
    const empty = { kind: 'text', text: ' \n', weight: 1 } as const;
    await rejectsWith('text-empty', create({ corpora: [empty] }));
    const short = { kind: 'text', text: 'too short', weight: 1 } as const;
    await rejectsWith('corpus-too-short', create({ corpora: [short] }));
    const binary = place('binary');
    writeFileSync(binary, Uint8Array.of(80, 75, 0, 3));
    const files = { kind: 'files', files: [binary], weight: 1 } as const;
    await rejectsWith('file-not-text', create({ corpora: [files] }));
    const large = { kind: 'learned', size: 5000, special: [] } as const;
    await rejectsWith('vocabulary-too-large', create({ tokenizer: large }));
    const details = await rejectsWith('setting-invalid', create({ validationShare: 0.9 }));
    assert.equal((details as { name: string }).name, 'validationShare');
    await rejectsWith('lab-run-unknown', test.lab.start({ run: 1e6 }));
    await rejectsWith('file-missing', test.lab.openRun({ folder: place('never') }));
  });

  it('whose checkpoint is cut off or of another version is refused', async () => {
    const folder = place('damaged');
    await test.lab.createRun({ folder, form });
    truncateSync(join(folder, 'checkpoint.safetensors'), 2000);
    await rejectsWith('safetensors-malformed', test.lab.openRun({ folder }));
    const run = join(folder, 'run.json');
    writeFileSync(run, readFileSync(run, 'utf8').replace('"version": 1', '"version": 2'));
    await rejectsWith('checkpoint-foreign', test.lab.openRun({ folder }));
  });
});
