// Side B follows side A, branches keep what was generated, and both come back after a reload.
import assert from 'node:assert/strict';
import type { OtherEngine } from '../../src/extension/inspector/comparing';
import { OtherModelEngine } from '../../src/extension/inspector/otherModelEngine';
import { checked } from '../../src/extension/inspector/panelMessages';
import { readSession } from '../../src/extension/inspector/savedSession';
import { PanelSession } from '../../src/extension/inspector/panelSession';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import type { ComparedWith, OtherSide } from '../../src/protocol/comparison';
import { failureOf } from '../../src/protocol/failures';
import type { HostApi } from '../../src/protocol/panelApi';
import { greedySampling } from '../../src/protocol/sampling';
import { startService } from '../support/engineService';
import type { StartedService } from '../support/engineService';

const text = 'Once upon a time there was a little girl';
const stop = { maxTokens: 20, stopStrings: [] };

describe('a comparison of the panel', function () {
  this.timeout(30_000);
  let started: StartedService;
  const sessions: PanelSession[] = [];
  before(() => {
    started = startService();
  });
  after(() => started.service.stop());
  afterEach(() => {
    for (const session of sessions.splice(0)) session.dispose();
  });

  async function inspected(
    compare?: ComparedWith,
    otherEngine?: OtherEngine,
  ): Promise<PanelSession> {
    const { service } = started;
    const session = new PanelSession({
      engine: service,
      ...(otherEngine && { otherEngine }),
      vocabulary: async () => new Vocabulary(await service.client.vocabulary({})),
      sampling: greedySampling,
      stop,
    });
    sessions.push(session);
    await session.inspect({ text, source: undefined, ...(compare && { compare }) });
    return session;
  }

  it('runs the other text, under the edits of A, and ends when it is ended', async () => {
    const session = await inspected({ kind: 'text', text: 'Once upon a day', name: undefined });
    const { client } = started.service;
    const plain = otherOf(session);
    assert.deepEqual(plain.tokens, await client.tokenize({ text: 'Once upon a day' }));
    await session.edit({ mask: [{ kind: 'band', width: 1 }], positions: [] });
    const edited = otherOf(session);
    assert.deepEqual(edited.run.ids, plain.run.ids);
    assert.notDeepEqual(edited.run.surprisalBits, plain.run.surprisalBits);
    await session.compare({ kind: 'unedited' });
    assert.equal(otherOf(session).run.run, session.state.unedited?.run);
    await session.compare(undefined);
    assert.equal(session.state.comparison, undefined);
  });

  it('says why there is no B, and goes on with A', async () => {
    const session = await inspected({ kind: 'text', text: '', name: undefined });
    assert.equal(session.state.condition.kind, 'ready');
    assert.equal(failureOfB(session), 'text-empty');
    assert.throws(() => otherOf(session));
    await session.compare({ kind: 'model', location: { kind: 'builtin', model: 'tiny' } });
    assert.equal(failureOfB(session), 'engine-stopped');
  });

  it('runs the same text in another model, and follows what is generated', async () => {
    const second = startService();
    const { service } = second;
    const other: OtherEngine = {
      client: service.client,
      open: (location, signal) =>
        service.open({ location, device: undefined, weights: 'f32' }, { signal }),
      close: () => undefined,
    };
    try {
      const session = await inspected(
        { kind: 'model', location: { kind: 'builtin', model: 'tiny' } },
        other,
      );
      const before = otherOf(session);
      assert.deepEqual(before.model.location, { kind: 'builtin', model: 'tiny' });
      assert.notEqual(before.model.parameters, session.state.model?.parameters);
      assert.equal(before.text, text);
      await session.generate(1);
      assert.equal(otherOf(session).text, session.state.text);
    } finally {
      await service.stop();
    }
  });

  it('never takes a model that stands in for the one that is compared with', async () => {
    const engine = new OtherModelEngine({
      start: () => {
        throw new Error('no thread');
      },
      wish: () => ({ location: { kind: 'builtin' }, device: 'webgpu', weights: 'f32' }),
    });
    const opening = engine.open(
      { kind: 'folder', folder: '/nowhere' },
      new AbortController().signal,
    );
    await assert.rejects(opening);
    engine.dispose();
  });

  it('keeps the line that was left for another one, and compares both', async () => {
    const session = await inspected();
    await session.generate(3);
    const first = session.state.generation.tokens;
    await session.goTo(1);
    session.setSampling({ temperature: 1.5, topK: 0, topP: 1, seed: 3 }, stop);
    assert.deepEqual(
      session.state.generation.branches.map(({ tokens }) => tokens),
      [first],
    );
    await session.generate(2);
    const second = session.state.generation.tokens;
    assert.notDeepEqual(ids(second), ids(first));
    const [branch] = session.state.generation.branches;
    assert.ok(branch);
    await session.compare({ kind: 'branch', branch: branch.id });
    const other = otherOf(session);
    const { promptLength } = session.state.generation;
    assert.deepEqual([...other.tokens.ids.slice(promptLength)], ids(first));
    // Who goes there compares the other way round.
    await session.openBranch(branch.id);
    assert.deepEqual(session.state.generation.tokens, first);
    const swapped = otherOf(session);
    assert.deepEqual([...swapped.tokens.ids.slice(promptLength)], ids(second));
    assert.deepEqual(
      session.state.generation.branches.map(({ tokens }) => ids(tokens)),
      [ids(second)],
    );
  });

  it('forgets no branch that has a name, and those without once they are on show', async () => {
    const session = await inspected();
    await session.generate(2);
    session.branches.keep('short');
    await session.generate(1);
    const named = session.state.generation.branches;
    assert.deepEqual(
      named.map(({ name, tokens }) => [name, tokens.length]),
      [['short', 2]],
    );
    // The same settings make the same tokens again.
    await session.goTo(0);
    await session.generate(3);
    assert.equal(session.state.generation.branches.length, 1);
    session.branches.name(named[0]?.id ?? 0, 'renamed');
    assert.equal(session.state.generation.branches[0]?.name, 'renamed');
    session.dropBranch(named[0]?.id ?? 0);
    assert.equal(session.state.generation.branches.length, 0);
  });

  it('comes back after a reload with its branches', async () => {
    const compare: ComparedWith = { kind: 'text', text: 'Once upon a day', name: 'a.md:1' };
    const session = await inspected(compare);
    await session.generate(2);
    session.branches.keep('kept');
    const saved = readSession(JSON.parse(JSON.stringify(session.saved())));
    assert.ok(saved);
    const restored = await inspected();
    await restored.restore(saved);
    assert.deepEqual(restored.state.comparison?.with, compare);
    assert.equal(otherOf(restored).text, 'Once upon a day');
    assert.deepEqual(restored.state.generation.branches, session.state.generation.branches);
  });
});

describe('what the page may ask to compare with', () => {
  const calls: unknown[] = [];
  // The two methods that are called, and arguments that the types forbid.
  const api = checked({
    compare: (what: unknown) => calls.push(what),
    compared: (...given: unknown[]) => calls.push(given),
  } as unknown as HostApi) as unknown as Record<string, (...given: unknown[]) => unknown>;

  it('is a text, a branch, other edits or settings, but no model', () => {
    api['compare']?.({ kind: 'text', text: 'x' });
    api['compare']?.(null);
    assert.deepEqual(calls.splice(0), [{ kind: 'text', text: 'x' }, undefined]);
    for (const refused of [
      { kind: 'model', location: { kind: 'builtin' } },
      { kind: 'settings', sampling: { ...greedySampling, topP: 3 } },
      { kind: 'branch', branch: -1 },
    ]) {
      assert.throws(() => api['compare']?.(refused), isInvalid);
    }
  });

  it('is read by the same requests as the own run', () => {
    const request = { run: 3, name: 'embed', index: [0] };
    api['compared']?.('activation', request);
    assert.deepEqual(calls.splice(0), [['activation', request]]);
    assert.throws(() => api['compared']?.('activation', { run: '3', name: 'embed' }), isInvalid);
    assert.throws(() => api['compared']?.('generate', { count: 1 }), isInvalid);
  });
});

function otherOf({ state }: PanelSession): OtherSide {
  assert.ok(state.comparison?.other);
  assert.equal(state.comparison.running, false);
  return state.comparison.other;
}

function failureOfB({ state }: PanelSession): string | undefined {
  return state.comparison?.failure?.code;
}

function ids(tokens: readonly { readonly id: number }[]): number[] {
  return tokens.map(({ id }) => id);
}

function isInvalid(thrown: unknown): boolean {
  return failureOf(thrown).code !== 'cancelled';
}
