// The engine through its interface, with the built-in model and the reference cases as it finds them on disk.
import assert from 'node:assert/strict';
import { Engine } from '../../src/engine/engine';
import type { EngineParts } from '../../src/engine/engineParts';
import { nodeParts } from '../../src/worker/nodeHost';
import type { Health } from '../../src/protocol/health';
import { greedySampling } from '../../src/protocol/sampling';
import { builtinParameters } from '../support/builtinModel';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { readOracle } from '../support/oracle';

const builtin = { kind: 'builtin' } as const;
const tiny = { kind: 'folder', folder: 'test/fixtures/oracle/tiny-tied' } as const;
const untied = { kind: 'folder', folder: 'test/fixtures/oracle/tiny-untied-relu' } as const;
const parts = nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' });
const ids = Int32Array.of(3, 1, 4, 1, 5);

describe('opening a model', () => {
  it('is needed before anything can be asked', async () => {
    const engine = engineWith();
    await rejectsWith('no-model', engine.run({ ids }));
    await rejectsWith('no-model', engine.tokenize({ text: 'a' }));
  });

  it('tells what the model is and on which device it runs', async () => {
    const engine = engineWith();
    const estimate = await engine.estimateModel({ location: builtin });
    const info = await engine.openModel({ location: builtin });
    assert.equal(info.name, 'builtin');
    assert.equal(info.device, 'wasm');
    assert.equal(info.hasTokenizer, true);
    assert.equal(info.parameters, builtinParameters());
    assert.equal(estimate.parameters, info.parameters);
    assert.deepEqual(estimate.config, info.config);
    const counted = info.weights.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    assert.equal(
      counted.reduce((a, b) => a + b, 0),
      info.parameters,
    );
    await engine.dispose();
  });

  it('keeps the old model when the new one fails or is cancelled', async () => {
    const healths: Health[] = [];
    const engine = engineWith({ onHealth: (health) => healths.push(health) });
    await engine.openModel({ location: tiny, device: 'reference' });
    const { run } = await engine.run({ ids });
    const nowhere = { kind: 'folder', folder: 'test/fixtures/nowhere' } as const;
    await rejectsWith('folder-not-found', engine.openModel({ location: nowhere }));
    const empty = { kind: 'folder', folder: 'test/fixtures' } as const;
    await rejectsWith('file-missing', engine.openModel({ location: empty }));
    const { signal } = aborted();
    await rejectsWith('cancelled', engine.openModel({ location: builtin }, { signal }));
    const { shape } = await engine.activation({ run, name: 'logits' });
    assert.deepEqual(shape, [5, 96]);
    assert.equal(healths.at(-1)?.state, 'ready');
    await engine.dispose();
  });

  it('shows a failure when there is no old model', async () => {
    const healths: Health[] = [];
    const engine = engineWith({ onHealth: (health) => healths.push(health) });
    const nowhere = { kind: 'folder', folder: 'test/fixtures/nowhere' } as const;
    await rejectsWith('folder-not-found', engine.openModel({ location: nowhere }));
    const last = healths.at(-1);
    assert.equal(last?.state === 'failed' && last.failure.code, 'folder-not-found');
  });

  it('lets what runs on the replaced model end, and forgets its runs', async () => {
    const engine = engineWith();
    await engine.openModel({ location: untied, device: 'reference' });
    const before = await engine.run({ ids });
    const running = engine.lens({ run: before.run, top: 2 });
    await engine.openModel({ location: tiny, device: 'reference' });
    assert.deepEqual((await running).shape, [2, 5, 2]);
    await rejectsWith('run-unknown', engine.lens({ run: before.run, top: 2 }));
    const after = await engine.run({ ids });
    assert.notEqual(after.run, before.run);
    await engine.dispose();
  });

  it('falls back on plain loops where the kernels do not run, unless wasm was asked for', async () => {
    const broken = (wasmKernels: () => Promise<Uint8Array>): Engine =>
      engineWith({ host: { ...parts.host, wasmKernels } });
    const kernels = [
      () => Promise.resolve(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 99)),
      () => Promise.reject(new Error('gone')),
    ];
    for (const wasmKernels of kernels) {
      const engine = broken(wasmKernels);
      await rejectsWith('device-unavailable', engine.openModel({ location: tiny, device: 'wasm' }));
      const info = await engine.openModel({ location: tiny });
      assert.equal(info.device, 'reference');
      assert.equal((await engine.run({ ids })).device, 'reference');
      await engine.dispose();
    }
  });
});

describe('a folder without tokenizer', () => {
  it('runs ids, and says what is missing for text', async () => {
    const engine = engineWith();
    const info = await engine.openModel({ location: tiny });
    assert.equal(info.hasTokenizer, false);
    await rejectsWith('tokenizer-missing', engine.tokenize({ text: 'a' }));
    await rejectsWith('tokenizer-missing', engine.vocabulary({}));
    const stop = { maxTokens: 3, stopStrings: ['x'] };
    const step = { ids, promptLength: 5, sampling: greedySampling, stop };
    await rejectsWith('tokenizer-missing', engine.step(step));
    const token = await engine.step({ ...step, stop: { ...stop, stopStrings: [] } });
    assert.equal(token.stopped, undefined);
    await engine.dispose();
  });
});

describe('a weight', () => {
  it('is what the file holds, whole or in part', async () => {
    const engine = engineWith();
    await engine.openModel({ location: tiny });
    const { weights } = readOracle('tiny-tied');
    const name = 'h.0.attn.c_attn.weight';
    const tensor = weights.get(`transformer.${name}`) ?? weights.get(name);
    assert.ok(tensor !== undefined);
    assert.deepEqual(await engine.weight({ name }), { shape: [32, 96], values: tensor.values });
    const row = await engine.weight({ name, index: [7] });
    assert.deepEqual(row, { shape: [96], values: tensor.values.slice(7 * 96, 8 * 96) });
    const columns = await engine.weight({ name, columns: [32, 40] });
    assert.deepEqual(columns.shape, [32, 8]);
    const expected = Array.from({ length: 32 * 8 }, (_, n) => {
      return tensor.values[Math.floor(n / 8) * 96 + 32 + (n % 8)];
    });
    assert.deepEqual([...columns.values], expected);
    const cell = await engine.weight({ name, index: [3], columns: [5, 6] });
    assert.deepEqual(cell, { shape: [1], values: tensor.values.slice(3 * 96 + 5, 3 * 96 + 6) });
    await engine.dispose();
  });

  it('that does not exist, or a part of it, is refused', async () => {
    const engine = engineWith();
    await engine.openModel({ location: tiny });
    await rejectsWith('tensor-missing', engine.weight({ name: 'h.9.ln_1.weight' }));
    const name = 'wte.weight';
    await rejectsWith('setting-invalid', engine.weight({ name, index: [96] }));
    await rejectsWith('setting-invalid', engine.weight({ name, index: [0, 0, 0] }));
    await rejectsWith('setting-invalid', engine.weight({ name, columns: [0, 33] }));
    await rejectsWith('setting-invalid', engine.weight({ name, columns: [5, 4] }));
    await engine.dispose();
  });
});

describe('the distribution', () => {
  it('of a position is made from the logits of the run there, on both devices', async () => {
    for (const device of ['reference', 'wasm'] as const) {
      const engine = engineWith();
      await engine.openModel({ location: builtin, device });
      const { ids: prompt } = await engine.tokenize({ text: 'Once upon a time, there was' });
      const { run } = await engine.run({ ids: prompt });
      const sampling = { temperature: 0.7, topK: 50, topP: 0.9, seed: 4 };
      const all = await engine.activation({ run, name: 'logits' });
      for (const position of [0, 3, prompt.length - 1]) {
        const told = await engine.distribution({ run, position, sampling, step: 2, rows: 4096 });
        const row = all.values.slice(position * 4096, position * 4096 + 4096);
        const logits = Array.from(told.ids, (id) => row[id] ?? NaN);
        // One row alone goes through another kernel than many.
        assertClose(told.logits, logits, { tolerance: 1e-5, what: `logits at ${position}` });
        const mass = told.probabilities.reduce((sum, p) => sum + p, 0);
        assertClose([mass], [1], { tolerance: 1e-12, what: 'mass' });
      }
      const last = await engine.distribution({ run, sampling, step: 0, rows: 1 });
      const stop = { maxTokens: 9, stopStrings: [] };
      const promptLength = prompt.length;
      const token = await engine.step({ ids: prompt, promptLength, sampling, stop });
      assert.equal(last.pick.id, token.id);
      assert.equal(last.pick.draw, token.draw);
      await engine.dispose();
    }
  });

  it('outside the run is refused', async () => {
    const engine = engineWith();
    await engine.openModel({ location: tiny });
    const { run } = await engine.run({ ids });
    const request = { run, sampling: greedySampling, step: 0, rows: 5 };
    await rejectsWith('setting-invalid', engine.distribution({ ...request, position: 5 }));
    await rejectsWith('setting-invalid', engine.distribution({ ...request, step: -1 }));
    await rejectsWith('setting-invalid', engine.distribution({ ...request, rows: 0.5 }));
    await rejectsWith('run-unknown', engine.distribution({ ...request, run: 77 }));
    await engine.dispose();
  });
});

function engineWith(changes: Partial<EngineParts> = {}): Engine {
  return new Engine({ ...parts, ...changes });
}

function aborted(): AbortController {
  const controller = new AbortController();
  controller.abort();
  return controller;
}
