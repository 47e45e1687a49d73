// What the Inspector shows: every end is a condition, the line can be walked, and a reload brings all of it back.
import assert from 'node:assert/strict';
import { longestText } from '../../src/extension/inspector/panelPrompt';
import { PanelSession } from '../../src/extension/inspector/panelSession';
import { checked } from '../../src/extension/inspector/panelMessages';
import { readSession } from '../../src/extension/inspector/savedSession';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import type { HostApi, PanelState } from '../../src/protocol/panelApi';
import { startPlace } from '../../src/protocol/panelApi';
import { greedySampling } from '../../src/protocol/sampling';
import { startService } from '../support/engineService';
import type { StartedService } from '../support/engineService';

const text = 'Once upon a time there was a little girl';
const stop = { maxTokens: 20, stopStrings: [] };

describe('panel session', () => {
  let started: StartedService;
  const sessions: PanelSession[] = [];
  before(() => {
    started = startService();
  });
  after(() => started.service.stop());
  afterEach(() => {
    for (const session of sessions.splice(0)) session.dispose();
  });

  function newSession(): PanelSession {
    const { service } = started;
    const session = new PanelSession({
      engine: service,
      vocabulary: async () => new Vocabulary(await service.client.vocabulary({})),
      sampling: greedySampling,
      stop,
    });
    sessions.push(session);
    return session;
  }

  async function inspected(prompt = text): Promise<PanelSession> {
    const session = newSession();
    await session.inspect({ text: prompt, source: undefined });
    return session;
  }

  it('begins empty and becomes ready with the tokens and the run of the text', async () => {
    const session = newSession();
    assert.deepEqual(session.state.condition, { kind: 'empty' });
    const kinds: string[] = [];
    session.onState(({ condition }) => kinds.push(condition.kind));
    await session.inspect({ text, source: undefined });
    assert.deepEqual([...new Set(kinds)].slice(-2), ['running', 'ready']);
    const { state } = session;
    assert.equal(state.text, text);
    assert.deepEqual(state.run?.ids, state.tokens?.ids);
    assert.equal(state.generation.promptLength, state.tokens?.ids.length);
  });

  it('says that there is no text, or too much of it', async () => {
    const session = await inspected('');
    assert.equal(failureCode(session.state), 'text-empty');
    await session.inspect({ text: 'a'.repeat(longestText + 1), source: undefined });
    assert.equal(failureCode(session.state), 'text-too-large');
    await session.inspect({ text, source: undefined });
    assert.equal(session.state.condition.kind, 'ready');
  });

  it('shows how many tokens of a long text the model did not see', async () => {
    const session = await inspected('word '.repeat(500));
    const { run, tokens, model } = session.state;
    assert.ok(run && tokens);
    assert.equal(run.ids.length, model?.config.context);
    assert.equal(run.dropped, tokens.ids.length - run.ids.length);
  });

  it('cuts a long text so that the token to be looked at is among those the model sees', async () => {
    const long = `${'word '.repeat(300)}elephant ${'word '.repeat(600)}`;
    const session = newSession();
    const lookAt = long.indexOf('elephant') + 1;
    await session.inspect({ text: long, source: undefined, lookAt });
    const { run, tokens, place, text: shown } = session.state;
    assert.ok(run && tokens);
    assert.ok(place.token >= run.dropped && place.token < run.dropped + run.ids.length);
    assert.ok(
      (tokens.starts[place.token] ?? NaN) <= lookAt && lookAt < (tokens.ends[place.token] ?? NaN),
    );
    assert.ok(long.startsWith(shown));
  });

  it('generates, goes back and forth, and drops what stood after the cursor', async () => {
    const session = await inspected();
    await session.generate(5);
    const { generation, tokens, text: grown } = session.state;
    assert.equal(generation.tokens.length, 5);
    assert.equal(generation.cursor, 5);
    assert.equal(tokens?.ids.length, generation.promptLength + 5);
    assert.ok(grown.startsWith(text) && grown.length > text.length);
    await session.goTo(2);
    assert.equal(session.state.generation.cursor, 2);
    assert.equal(session.state.generation.tokens.length, 5);
    assert.ok(grown.startsWith(session.state.text));
    await session.generate(1);
    assert.deepEqual(
      session.state.generation.tokens.map(({ id }) => id),
      generation.tokens.slice(0, 3).map(({ id }) => id),
    );
    session.setSampling({ temperature: 1, topK: 5, topP: 1, seed: 9 }, stop);
    assert.equal(session.state.sampling.topK, 5);
    assert.equal(session.state.generation.running, false);
  });

  it('runs the same text with edits, beside the run without them, until they are taken back', async () => {
    const session = await inspected();
    const plain = session.state.run;
    const hasUnedited = () => session.state.unedited !== undefined;
    assert.ok(!hasUnedited());
    const edits = { mask: [{ kind: 'band', width: 1 }], positions: [] } as const;
    await session.edit(edits);
    const { run, unedited } = session.state;
    assert.ok(run && unedited && plain);
    assert.deepEqual(session.state.edits, edits);
    assert.deepEqual(unedited.surprisalBits, plain.surprisalBits);
    assert.notDeepEqual(run.surprisalBits, plain.surprisalBits);
    const next = newSession();
    const kept = readSession(JSON.parse(JSON.stringify(session.saved())));
    assert.ok(kept);
    await next.restore(kept);
    assert.deepEqual(next.state.edits, edits);
    assert.deepEqual(next.state.run?.surprisalBits, run.surprisalBits);
    await session.generate(1);
    assert.equal(session.state.generation.tokens[0]?.cache.kept, 0);
    assert.deepEqual(session.state.edits, edits);
    await session.edit({ mask: [], positions: [] });
    assert.ok(!hasUnedited());
    await session.edit(edits);
    await session.inspect({ text, source: undefined });
    assert.deepEqual(session.state.edits.mask, []);
  });

  it('is kept with tokens of every device', async () => {
    const session = await inspected();
    await session.generate(1);
    const saved = session.saved();
    const tokens = saved.tokens.map((token) => ({ ...token, device: 'webgpu' as const }));
    const kept = readSession(JSON.parse(JSON.stringify({ ...saved, tokens })));
    assert.deepEqual(kept?.tokens, tokens);
  });

  it('follows a line of the editor with the settings it is made with', async () => {
    const session = await inspected('The dog sat. '.repeat(100));
    const other = newSession();
    const sampling = { temperature: 0.7, topK: 3, topP: 0.9, seed: 4 };
    other.setSampling(sampling, stop);
    await other.inspect({ text, source: undefined });
    await other.generate(3);
    const { tokens } = other.state.generation;
    await session.follow({ text, source: undefined }, { tokens, cursor: 2, sampling, stop });
    assert.deepEqual(session.state.sampling, sampling);
    assert.equal(session.state.generation.cursor, 2);
    assert.deepEqual(session.state.generation.tokens, tokens);
    assert.ok(session.state.text.startsWith(text));
    assert.deepEqual(session.state.place.token, -1);
  });

  it('stops at the length limit and says so', async () => {
    const session = await inspected();
    await session.generate(100);
    assert.equal(session.state.generation.stopped, 'length');
    assert.equal(session.state.generation.tokens.length, stop.maxTokens);
    await session.generate(1);
    assert.equal(session.state.generation.tokens.length, stop.maxTokens);
  });

  it('stays ready when work is cancelled, with what there was', async () => {
    const session = await inspected();
    const before = session.state.run;
    const generating = session.generate(20);
    session.cancel();
    await generating;
    assert.equal(session.state.condition.kind, 'ready');
    assert.equal(session.state.generation.running, false);
    assert.ok(before);
    await session.generate(1);
    assert.equal(session.state.condition.kind, 'ready');
  });

  it('lets newer work win, whatever is under way', async () => {
    const session = await inspected();
    const first = session.generate(20);
    const second = session.inspect({ text: 'Another text', source: undefined });
    await Promise.all([first, second]);
    assert.equal(session.state.text, 'Another text');
    assert.equal(session.state.condition.kind, 'ready');
    assert.equal(session.state.generation.tokens.length, 0);
  });

  it('comes back after a reload: text, place and generated tokens', async () => {
    const session = await inspected();
    await session.generate(3);
    await session.goTo(2);
    session.moved({ ...startPlace, step: 'attend', token: 2, cell: [3, 1], open: true });
    const kept = readSession(JSON.parse(JSON.stringify(session.saved())));
    assert.ok(kept);
    const restored = newSession();
    await restored.restore(kept);
    assert.equal(restored.state.text, session.state.text);
    assert.deepEqual(restored.state.generation, session.state.generation);
    assert.deepEqual(restored.state.place, session.state.place);
    assert.deepEqual(restored.state.tokens, session.state.tokens);
    assert.equal(restored.state.condition.kind, 'ready');
  });

  it('says which move of the page it has heard of, also when it moves by itself', async () => {
    const session = await inspected();
    session.moved({ ...startPlace, step: 'attend' }, 4);
    assert.equal(session.state.heard, 4);
    session.moved({ ...session.state.place, token: 1 });
    assert.deepEqual([session.state.heard, session.state.place.token], [4, 1]);
  });

  it('drops tokens that another model generated', async () => {
    const session = await inspected();
    await session.generate(3);
    const restored = newSession();
    await restored.restore({ ...session.saved(), model: 'another' });
    assert.equal(restored.state.generation.tokens.length, 0);
    assert.equal(restored.state.text, text);
    assert.equal(restored.state.condition.kind, 'ready');
  });

  it('refills itself when the worker dies', async () => {
    const session = await inspected();
    const lost = session.state.run?.run;
    const refilled = new Promise<PanelState>((resolve) => {
      session.onState((state) => {
        if (state.condition.kind === 'ready' && state.run !== undefined && state.model)
          resolve(state);
      });
    });
    await started.workers.at(-1)?.kill();
    const state = await refilled;
    assert.equal(state.text, text);
    assert.ok(lost !== undefined && state.run !== undefined);
    assert.equal(
      (await started.service.client.activation({ run: state.run.run, name: 'embed' })).shape.length,
      2,
    );
  });
});

describe('messages of the panel', () => {
  const calls: [string, unknown[]][] = [];
  const api = checked(
    new Proxy({} as HostApi, {
      get:
        (_, method) =>
        (...given: unknown[]) =>
          void calls.push([String(method), given]),
    }),
  );
  const send = (method: keyof HostApi, ...given: unknown[]): void => {
    (api[method] as (...given: unknown[]) => void)(...given);
  };
  beforeEach(() => calls.splice(0));

  it('pass when they are what the panel sends', () => {
    send('ready', null);
    send('ready', startPlace);
    send('moved', { ...startPlace, cell: [2, 1] }, 1);
    send('activation', { run: 3, name: 'blocks.0.attn.pattern', index: [1] });
    send('setSampling', greedySampling, stop);
    send('reveal', { token: 3 });
    assert.equal(calls.length, 6);
    assert.deepEqual(calls[0], ['ready', [undefined]]);
  });

  it('keep the order of a place’s fields, by which the panel compares places', () => {
    const place = { ...startPlace, cell: [2, 1], neuron: 4 };
    send('moved', JSON.parse(JSON.stringify(place)), 1);
    assert.equal(JSON.stringify(calls[0]?.[1][0]), JSON.stringify(place));
  });

  for (const [method, given] of [
    ['moved', [{ ...startPlace, step: 'elsewhere' }, 1]],
    ['moved', [startPlace, -1]],
    ['moved', []],
    ['generate', [{ count: -1 }]],
    ['generate', [{ count: 1e9 }]],
    ['activation', [{ run: '3', name: 'embed' }]],
    ['weight', [{ name: 'x'.repeat(1_000) }]],
    ['setSampling', [{ ...greedySampling, topP: 2 }, stop]],
    ['copy', [{ text: 7 }]],
  ] as const) {
    it(`are refused when they are not: ${method} ${JSON.stringify(given).slice(0, 40)}`, () => {
      assert.throws(() => {
        send(method, ...given);
      });
      assert.equal(calls.length, 0);
    });
  }
});

function failureCode({ condition }: PanelState): string | undefined {
  return condition.kind === 'failed' ? condition.failure.code : undefined;
}
