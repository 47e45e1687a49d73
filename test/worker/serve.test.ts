// The engine behind a message channel: values, failures, news and cancellation all travel.
import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { nodeParts } from '../../src/worker/nodeHost';
import { serve } from '../../src/worker/serve';
import { transferables } from '../../src/worker/transferables';
import { builtinParameters } from '../support/builtinModel';
import { Wire, failureCode } from '../support/wire';

const ids = Int32Array.of(5, 3, 5, 3, 8);
const long = 'one two three four\n'.repeat(100_000);

describe('an engine served over a channel', () => {
  const { port1, port2 } = new MessageChannel();
  const wire = new Wire(port2);
  const served = serve(
    nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' }),
    {
      post: (message, transfer) => {
        port1.postMessage(message, transfer);
      },
      listen: (listener) => {
        port1.on('message', listener);
      },
    },
  );
  after(async () => {
    await served.close();
    port1.close();
  });

  it('answers failures as values', async () => {
    assert.equal(await failureCode(wire.send('run', { ids }).answer), 'no-model');
    const location = { kind: 'folder', folder: 'test/nowhere' } as const;
    const outcome = await wire.send('openModel', { location }).answer;
    assert.deepEqual(outcome, {
      ok: false,
      failure: { code: 'folder-not-found', details: { folder: 'test/nowhere' } },
    });
  });

  it('opens a model with news of progress and health', async () => {
    const { ticket, answer } = wire.send('openModel', { location: { kind: 'builtin' } });
    const outcome = await answer;
    assert.ok(outcome.ok);
    assert.equal(outcome.value.config.layers, 4);
    assert.deepEqual(
      wire.healths.map(({ state }) => state).filter((state, n, all) => state !== all[n - 1]),
      ['busy', 'failed', 'busy', 'ready'],
    );
    const told = wire.progress.filter((news) => news.ticket === ticket);
    assert.deepEqual(
      told.map(({ progress }) => progress.total),
      told.map(() => outcome.value.weightBytes),
    );
  });

  it('gives every method its answer', async () => {
    const info = await wire.ask('run', { ids });
    const { run } = info;
    assert.deepEqual(info.ids, ids);
    const window = { text: 'a', atStart: true, atEnd: true };
    const neurons = { run, block: 1, position: 2, neurons: 3, top: 2 };
    const sampling = { temperature: 1, topK: 0, topP: 1, seed: 1 };
    const stop = { maxTokens: 1, stopStrings: [] };
    const three = { maxTokens: 3, stopStrings: [] };
    const several = { promptLength: 5, sampling, stop: three, most: 10, ms: 500 };
    const shapes = {
      activation: (await wire.ask('activation', { run, name: 'blocks.0.attn.q' })).shape,
      weight: (await wire.ask('weight', { name: 'ln_f.bias' })).shape,
      embeddings: (await wire.ask('embeddings', { ids })).shape,
      lens: (await wire.ask('lens', { run, top: 2 })).shape,
      trace: (await wire.ask('trace', { run })).length > 0,
      headStatistics: (await wire.ask('headStatistics', { run })).first.length,
      attentionMap: (await wire.ask('attentionMap', { run, kind: 'contributions', block: 1 })).map
        .shape,
      contributions: (await wire.ask('contributions', { run, position: 4, id: 1 })).heads.length,
      tokenFacts: (await wire.ask('tokenFacts', { id: 9, neighbours: 3 })).nearest.length,
      expectation: (await wire.ask('expectation', { ids, index: 2, top: 3 })).top.length,
      tokenize: (await wire.ask('tokenize', { text: 'ab' })).byteLength,
      countTokens: await wire.ask('countTokens', { text: '' }),
      merges: (await wire.ask('merges', { text: '' })).length,
      vocabulary: (await wire.ask('vocabulary', {})).offsets.length,
      tokenizeWindow: (await wire.ask('tokenizeWindow', window)).ids.length,
      estimateModel: (await wire.ask('estimateModel', { location: { kind: 'builtin' } }))
        .parameters,
      neurons: (await wire.ask('neurons', neurons)).promoted.length,
      distribution: (await wire.ask('distribution', { run, sampling, step: 0, rows: 7 })).ids
        .length,
      step: (await wire.ask('step', { ids, promptLength: 5, sampling, stop })).top.length,
      steps: (await wire.ask('steps', { ...several, ids })).length,
    };
    assert.deepEqual(shapes, {
      activation: [5, 4, 32],
      weight: [128],
      embeddings: [5, 128],
      lens: [5, 5, 2],
      trace: true,
      headStatistics: 16,
      attentionMap: [5, 5],
      contributions: 16,
      tokenFacts: 3,
      expectation: 3,
      tokenize: 2,
      countTokens: 0,
      merges: 0,
      vocabulary: 4097,
      tokenizeWindow: 1,
      estimateModel: builtinParameters(),
      neurons: 6,
      distribution: 7,
      step: 5,
      steps: 3,
    });
  });

  it('hands arrays over without losing its own', async () => {
    const { run } = await wire.ask('run', { ids });
    for (const name of ['blocks.1.attn.pattern', 'blocks.3.resid_post', 'embed']) {
      const first = await wire.ask('activation', { run, name });
      const second = await wire.ask('activation', { run, name });
      assert.ok(first.values.length > 0);
      assert.deepEqual(second, first, name);
    }
    const { offsets } = await wire.ask('vocabulary', {});
    assert.deepEqual((await wire.ask('vocabulary', {})).offsets, offsets);
    assert.equal((await wire.ask('tokenize', { text: 'a b' })).ids.length > 0, true);
  });

  it('cancels a request by its ticket and goes on serving', async () => {
    const { ticket, answer } = wire.send('countTokens', { text: long });
    wire.onProgress = (of) => {
      if (of === ticket) void wire.cancel(ticket);
    };
    assert.equal(await failureCode(answer), 'cancelled');
    wire.onProgress = undefined;
    await wire.cancel(ticket);
    await wire.cancel(12345);
    assert.ok((await wire.ask('countTokens', { text: 'on and on' })) > 0);
    assert.equal(wire.healths.at(-1)?.state, 'ready');
  });

  it('serves requests that overlap', async () => {
    const slow = wire.ask('countTokens', { text: long });
    const order: string[] = [];
    void slow.then(() => order.push('slow'));
    await wire.ask('embeddings', { ids }).then(() => order.push('quick'));
    assert.ok((await slow) > 100_000);
    assert.deepEqual(order, ['quick', 'slow']);
  });

  it('cancels what is under way when it is closed', async () => {
    const channel = new MessageChannel();
    let heard: unknown;
    const other = serve(
      nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' }),
      {
        post: (message) => (heard = message),
        listen: (listener) => {
          channel.port1.on('message', listener);
        },
      },
    );
    channel.port2.postMessage({
      t: 'q',
      i: '1',
      m: 'openModel',
      a: [1, { location: { kind: 'builtin' } }],
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await other.close();
    channel.port1.close();
    for (let turn = 0; turn < 100 && !isAnswer(heard); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(isAnswer(heard), 'the request settled');
  });
});

describe('what is handed over', () => {
  it('is each whole buffer once; views of a part are copied', () => {
    const whole = new Float32Array(8);
    const part = new Int32Array(8).subarray(1, 3);
    const message = { a: [whole, { b: whole.buffer, c: part }], d: null, e: 'text', f: whole };
    assert.deepEqual(transferables(message), [whole.buffer]);
  });
});

function isAnswer(message: unknown): boolean {
  return (message as { t?: string } | undefined)?.t === 's';
}
