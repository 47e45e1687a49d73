// The engine as the extension holds it: started late, restarted when it dies, told what fails.
import assert from 'node:assert/strict';
import type { EngineClient } from '../../src/protocol/engineApi';
import type { Health } from '../../src/protocol/health';
import { rejectsWith } from '../support/failing';
import { startService } from '../support/engineService';
import type { StartedService } from '../support/engineService';

const ids = Int32Array.of(1754, 384, 932, 261, 722);

describe('engine service', () => {
  let started: StartedService;
  beforeEach(() => {
    started = startService();
  });
  afterEach(async () => {
    await started.service.stop();
  });

  it('starts no worker before the first request, and one for requests at the same time', async () => {
    const { service, workers } = started;
    assert.equal(workers.length, 0);
    assert.equal(service.health.state, 'stopped');
    await Promise.all([service.client.run({ ids }), service.client.tokenize({ text: 'two' })]);
    assert.equal(workers.length, 1);
    assert.equal(service.model?.location.kind, 'builtin');
    assert.equal(service.health.state, 'ready');
  });

  it('repeats a request once when the worker dies under it, in a new worker with the model open', async () => {
    const { service, workers } = started;
    const { ids: expected } = await service.client.tokenize({ text: 'a '.repeat(50) });
    const models: (string | undefined)[] = [];
    service.onModel((model) => models.push(model?.name));
    const name = service.model?.name;
    const counting = service.client.countTokens({ text: 'a '.repeat(1_000_000) });
    await workers[0]?.kill();
    const count = await counting;
    assert.equal(workers.length, 2);
    assert.deepEqual(models, [undefined, name]);
    assert.ok(count > 100 * expected.length, `${count} tokens of two million characters`);
  });

  const o200k = {
    source: { kind: 'encoding', name: 'o200k_base' },
    specialTokens: 'as-text',
  } as const;
  const own = { source: { kind: 'model' }, specialTokens: 'as-text' } as const;
  const long = 'Once upon a time 昔々 '.repeat(2000);
  const requests: Readonly<Record<string, (client: EngineClient) => Promise<unknown>>> = {
    'tokens of a window': (client) =>
      client.tokenizeWindow({ text: long, atStart: true, atEnd: false, tokenizer: o200k }),
    'a count with another tokenizer': (client) =>
      client.countTokens({ text: long, tokenizer: o200k }),
    merges: (client) => client.merges({ text: 'unbelievable', tokenizer: o200k }),
    'a vocabulary': (client) => client.vocabulary({ tokenizer: own }),
    'the origins of a vocabulary': (client) => client.tokenOrigins({ tokenizer: own }),
    surprisals: (client) => client.surprisals({ ids, from: 0 }),
    'a comparison of tokenizers': (client) =>
      client.compareTokenizers({ text: long, tokenizer: own, other: o200k }),
  };
  for (const [what, ask] of Object.entries(requests)) {
    it(`answers as if the worker had not died under ${what}`, async () => {
      const { service, workers } = started;
      const expected = await ask(service.client);
      const asked = ask(service.client);
      await workers[0]?.kill();
      assert.deepEqual(await asked, expected);
      assert.deepEqual(await ask(service.client), expected);
    });
  }

  it('says that the engine crashed when the worker dies again', async () => {
    const { service, workers } = started;
    await service.client.tokenize({ text: 'start' });
    const health: Health['state'][] = [];
    service.onHealth(({ state }) => health.push(state));
    const counting = service.client.countTokens({ text: 'a '.repeat(1_000_000) });
    await workers[0]?.kill();
    while (service.model === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    await workers[1]?.kill();
    await rejectsWith('engine-crashed', counting);
    assert.equal(service.health.state, 'failed');
    assert.ok(health.includes('failed'));
    assert.equal((await service.client.tokenize({ text: 'again' })).ids.length > 0, true);
  });

  it('rejects as cancelled at once, and answers later requests', async () => {
    const { service } = started;
    await service.client.tokenize({ text: 'start' });
    const controller = new AbortController();
    const counting = service.client.countTokens(
      { text: 'b '.repeat(1_000_000) },
      { signal: controller.signal },
    );
    controller.abort();
    await rejectsWith('cancelled', counting);
    await rejectsWith('cancelled', service.client.run({ ids }, { signal: controller.signal }));
    assert.equal((await service.client.run({ ids })).ids.length, ids.length);
  });

  it('tells what still waits that the engine stopped', async () => {
    const { service } = started;
    await service.client.tokenize({ text: 'start' });
    const counting = service.client.countTokens({ text: 'c '.repeat(1_000_000) });
    const rejected = rejectsWith('engine-stopped', counting);
    await service.stop();
    await rejected;
    assert.equal(service.health.state, 'stopped');
  });

  it('asks the new worker again what was under way when the engine is restarted', async () => {
    const { service } = started;
    await service.client.tokenize({ text: 'start' });
    const counting = service.client.countTokens({ text: 'c '.repeat(1_000_000) });
    const before = started.workers.length;
    await service.restart();
    assert.ok((await counting) >= 1_000_000);
    assert.equal(started.workers.length, before + 1);
  });

  it('keeps the open model when another cannot be opened', async () => {
    const { service } = started;
    await service.client.tokenize({ text: 'start' });
    const before = service.model;
    const location = { kind: 'folder', folder: '/nowhere/at/all' } as const;
    await rejectsWith(
      'folder-not-found',
      service.open({ location, device: undefined, weights: 'f32' }),
    );
    assert.equal(service.model, before);
    assert.equal((await service.client.run({ ids })).ids.length, ids.length);
  });

  it('opens the built-in model in place of a remembered one that is gone, and says why', async () => {
    const location = { kind: 'folder', folder: '/nowhere/at/all' } as const;
    const other = startService(() => ({ location, device: undefined, weights: 'f32' }));
    try {
      await other.service.client.run({ ids });
      assert.equal(other.service.model?.location.kind, 'builtin');
      assert.deepEqual(
        other.fallbacks.map(({ code }) => code),
        ['folder-not-found'],
      );
    } finally {
      await other.service.stop();
    }
  });

  it('keeps weights in the format that is asked for, and says what they take', async () => {
    const { service } = started;
    const opened = async (weights: 'f32' | 'int8') => {
      const location = { kind: 'builtin' } as const;
      const model = await service.open({ location, device: 'wasm', weights });
      const { run } = await service.client.run({ ids });
      return { model, block: await service.client.activation({ run, name: 'blocks.0.mlp.pre' }) };
    };
    const [full, int8] = [await opened('f32'), await opened('int8')];
    assert.deepEqual([full.model.weightFormat, int8.model.weightFormat], ['f32', 'int8']);
    // A quarter, a scale for each output, and the vectors.
    const share = int8.model.weightBytes / full.model.weightBytes;
    assert.ok(share > 0.25 && share < 0.28, `${share} of the bytes`);
    assert.notDeepEqual(int8.block.values, full.block.values);
  });

  it('computes on the device that is asked for', async () => {
    const other = startService(() => ({
      location: { kind: 'builtin' },
      device: 'reference',
      weights: 'f32',
    }));
    try {
      assert.equal((await other.service.client.run({ ids })).device, 'reference');
    } finally {
      await other.service.stop();
    }
  });
});
