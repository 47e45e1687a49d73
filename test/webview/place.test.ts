/** Where the person is looking: made valid, remembered, and told from echoes. */
import assert from 'node:assert/strict';
import { startPlace, type Place } from '../../src/protocol/panelApi';
import { PageMoves, readPlace, validPlace } from '../../webview/place';
import type { Subject } from '../../webview/view';

/** A run of the last 8 of 11 tokens of a model with 4 blocks of 2 heads, 16 channels and 64 neurons: all that a place is checked against. */
const subject = {
  length: 8,
  run: { dropped: 3 },
  model: { config: { layers: 4, heads: 2, width: 16, hidden: 64 } },
} as unknown as Subject;

const valid = (patch: Partial<Place>) => validPlace({ ...startPlace, ...patch }, subject);

describe('A place', () => {
  it('takes token −1 for the last one, and counts positions from the start of the window', () => {
    const { token, position } = valid({ token: -1 });
    assert.deepEqual({ token, position }, { token: 10, position: 7 });
  });

  it('moves from a token that fell out of the window to the nearest that did not', () => {
    const { token, position } = valid({ token: 1 });
    assert.deepEqual({ token, position }, { token: 3, position: 0 });
  });

  it('brings every index inside the model', () => {
    const { block, head, channel, neuron, stage } = valid({
      block: 9,
      head: -1,
      channel: 99,
      neuron: 64,
      stage: 12,
    });
    assert.deepEqual(
      { block, head, channel, neuron, stage },
      { block: 3, head: 0, channel: 15, neuron: 63, stage: 6 },
    );
  });

  it('forgets a locked cell that is not in the run', () => {
    assert.equal(valid({ cell: [8, 0] }).cell, undefined);
    assert.deepEqual(valid({ cell: [7, 7] }).cell, [7, 7]);
  });
});

describe('A remembered place', () => {
  it('fills in what an older version did not store', () => {
    assert.deepEqual(readPlace({ step: 'embed', token: 2 }), {
      ...startPlace,
      step: 'embed',
      token: 2,
    });
  });

  it('is refused when it is not a place', () => {
    for (const stored of [undefined, null, 'embed', { step: 'nowhere', token: 0 }, { token: 'x' }])
      assert.equal(readPlace(stored), undefined, JSON.stringify(stored));
  });
});

describe('A snapshot of the host', () => {
  it('holds an older place while it has not heard of the last move, however long that takes', () => {
    const moves = new PageMoves();
    assert.equal(moves.isOvertaken({ heard: 0 }), false);
    assert.deepEqual([moves.next(), moves.next()], [1, 2]);
    assert.deepEqual(
      [0, 1, 2].map((heard) => moves.isOvertaken({ heard })),
      [true, true, false],
    );
  });
});
