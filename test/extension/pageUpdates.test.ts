/** Which snapshots of the Inspector's session are sent to its page. */
import assert from 'node:assert/strict';
import { setTimeout as passed } from 'node:timers/promises';
import { PageUpdates } from '../../src/extension/inspector/pageUpdates';
import { emptyState } from '../../src/extension/inspector/panelSubject';
import type { PanelState } from '../../src/protocol/panelApi';

/** Longer than snapshots are gathered for. */
const gatheredMs = 60;

const start = emptyState({
  health: { state: 'stopped' },
  model: undefined,
  sampling: { temperature: 1, topK: 0, topP: 1, seed: 1 },
  stop: { maxTokens: 8, stopStrings: [] },
});

describe('Snapshots for a page', () => {
  let sent: PanelState[];
  let updates: PageUpdates;

  beforeEach(() => {
    sent = [];
    updates = new PageUpdates((state) => sent.push(state));
  });

  afterEach(() => {
    updates.end();
  });

  it('are not sent before it has asked for everything, nor after it was closed', async () => {
    updates.changed({ ...start, text: 'early' });
    await passed(gatheredMs);
    updates.begin(start);
    updates.changed({ ...start, text: 'late' });
    updates.end();
    await passed(gatheredMs);
    assert.deepEqual(sent, []);
  });

  it('go as one when they follow one another fast: the last', async () => {
    updates.begin(start);
    for (const text of ['a', 'ab', 'abc']) updates.changed({ ...start, text });
    await passed(gatheredMs);
    assert.deepEqual(
      sent.map(({ text }) => text),
      ['abc'],
    );
  });

  it('are not sent back for a move of its own', async () => {
    updates.begin(start);
    const place = { ...start.place, head: 3 };
    updates.pageMoved(place);
    updates.changed({ ...start, place, heard: 1 });
    await passed(gatheredMs);
    assert.deepEqual(sent, []);
  });

  it('are sent when something else has changed beside its move, or the host has moved after it', async () => {
    updates.begin(start);
    const place = { ...start.place, head: 3 };
    updates.pageMoved(place);
    updates.changed({ ...start, place, heard: 1, text: 'other' });
    await passed(gatheredMs);
    updates.changed({ ...start, place: { ...place, token: 5 }, heard: 1, text: 'other' });
    await passed(gatheredMs);
    assert.deepEqual(
      sent.map(({ text, place: { head, token } }) => [text, head, token]),
      [
        ['other', 3, -1],
        ['other', 3, 5],
      ],
    );
  });
});
