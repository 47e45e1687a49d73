// The worker thread as the product ships it: bundled, started, cancelled, killed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { Wire, failureCode } from '../support/wire';

const outfile = resolve('out/test/worker/bundle.cjs');
const places = { kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' };
const ids = Int32Array.from({ length: 128 }, (_, n) => n * 7);

describe('the worker thread', () => {
  before(() =>
    build({
      entryPoints: ['src/worker/nodeWorker.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
    }),
  );

  it('runs the built-in model', async () => {
    const worker = new Worker(outfile, { workerData: places });
    const wire = new Wire(worker);
    const info = await wire.ask('openModel', { location: { kind: 'builtin' } });
    assert.equal(info.device, 'wasm');
    const { run, surprisalBits } = await wire.ask('run', { ids });
    assert.ok(surprisalBits.slice(1).every((bits) => bits > 0));
    const { values } = await wire.ask('activation', { run, name: 'blocks.3.attn.pattern' });
    assert.equal(values.length, 4 * 128 * 128);
    await worker.terminate();
  });

  it('gives the same numbers on one thread and on three, and takes all of them along when it ends', async () => {
    const logits = [];
    for (const threads of [1, 3]) {
      const worker = new Worker(outfile, { workerData: { ...places, threads } });
      const wire = new Wire(worker);
      await wire.ask('openModel', { location: { kind: 'builtin' } });
      // Threads start with the first run and take part in later ones.
      for (let n = 0; n < 4; n++) await wire.ask('run', { ids });
      const { run } = await wire.ask('run', { ids });
      logits.push((await wire.ask('activation', { run, name: 'logits' })).values);
      const exit = once(worker, 'exit');
      await worker.terminate();
      assert.deepEqual(await exit, [1]);
    }
    assert.deepEqual(logits[1], logits[0]);
  });

  it('hears a cancellation in the middle of a long analysis, and works on', async () => {
    const worker = new Worker(outfile, { workerData: places });
    const wire = new Wire(worker);
    await wire.ask('openModel', { location: { kind: 'builtin' }, device: 'reference' });
    const { run } = await wire.ask('run', { ids: ids.slice(0, 16) });
    const { ticket, answer } = wire.send('run', { ids });
    let settled = false;
    void answer.then(() => (settled = true));
    // A quick answer in between shows that the long one is under way and lets others in.
    await wire.ask('activation', { run, name: 'embed' });
    assert.equal(settled, false);
    await wire.cancel(ticket);
    assert.equal(await failureCode(answer), 'cancelled');
    assert.deepEqual((await wire.ask('activation', { run, name: 'embed' })).shape, [16, 128]);
    await worker.terminate();
  });

  it('is seen to be gone when it is killed', async () => {
    const worker = new Worker(outfile, { workerData: places });
    const wire = new Wire(worker);
    await wire.ask('openModel', { location: { kind: 'builtin' } });
    const exit = once(worker, 'exit');
    void wire.send('run', { ids }).answer.catch(() => undefined);
    await worker.terminate();
    assert.deepEqual(await exit, [1]);
  });

  it('ends with an error that says why when it is started wrongly', async () => {
    for (const workerData of [undefined, {}, { kernels: 'a' }, { kernels: 1, builtin: 2 }]) {
      const worker = new Worker(outfile, { workerData });
      const [error] = (await once(worker, 'error')) as [Error];
      assert.match(error.message, /workerData/);
    }
  });

  it('answers with a failure where its files are missing, and lives on', async () => {
    const worker = new Worker(outfile, { workerData: { kernels: 'none.wasm', builtin: 'none' } });
    const wire = new Wire(worker);
    const builtin = wire.send('openModel', { location: { kind: 'builtin' } });
    assert.equal(await failureCode(builtin.answer), 'folder-not-found');
    const location = { kind: 'folder', folder: 'test/fixtures/oracle/tiny-tied' } as const;
    const wasm = wire.send('openModel', { location, device: 'wasm' });
    assert.equal(await failureCode(wasm.answer), 'device-unavailable');
    assert.equal((await wire.ask('openModel', { location })).device, 'reference');
    await worker.terminate();
  });
});
