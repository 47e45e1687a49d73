// Steps through a generated line that are asked for faster than they can be shown.
import assert from 'node:assert/strict';
import { PanelSession } from '../../src/extension/inspector/panelSession';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { greedySampling } from '../../src/protocol/sampling';
import { startService } from '../support/engineService';
import type { StartedService } from '../support/engineService';

const text = 'Once upon a time there was a little girl';

describe('a panel that is stepped through', () => {
  let started: StartedService;
  let session: PanelSession;
  before(() => {
    started = startService();
  });
  after(() => started.service.stop());
  beforeEach(async () => {
    const { service } = started;
    session = new PanelSession({
      engine: service,
      vocabulary: async () => new Vocabulary(await service.client.vocabulary({})),
      sampling: greedySampling,
      stop: { maxTokens: 20, stopStrings: [] },
    });
    await session.inspect({ text, source: undefined });
    await session.generate(4);
  });
  afterEach(() => {
    session.dispose();
  });

  it('adds up steps that are asked for faster than they are shown, and stays at the ends', async () => {
    const cursors: number[] = [];
    session.onState(({ generation }) => cursors.push(generation.cursor));
    const back = [session.goBy(-1), session.goBy(-1), session.goBy(-1)];
    assert.equal(session.state.generation.cursor, 4);
    await Promise.all(back);
    assert.equal(session.state.generation.cursor, 1);
    // What was overtaken is not shown on the way.
    assert.deepEqual([...new Set(cursors)], [4, 1]);
    assert.equal(session.state.condition.kind, 'ready');
    await Promise.all([session.goBy(-1), session.goBy(-1), session.goBy(1), session.goBy(1)]);
    assert.equal(session.state.generation.cursor, 2);
    await Promise.all([1, 1, 1].map(() => session.goBy(1)));
    assert.equal(session.state.generation.cursor, 4);
    assert.equal(session.state.generation.tokens.length, 4);
  });

  it('keeps to the place it is on its way to when it runs with other edits meanwhile', async () => {
    const edits = { mask: [{ kind: 'band', width: 1 }], positions: [] } as const;
    await Promise.all([session.goBy(-1), session.edit(edits)]);
    assert.equal(session.state.generation.cursor, 3);
    assert.deepEqual(session.state.edits, edits);
  });
});
