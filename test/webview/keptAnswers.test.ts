/** Which answers are kept when they take too much room. */
import assert from 'node:assert/strict';
import { KeptAnswers } from '../../webview/keptAnswers';

/** Two megabytes, which is large enough to count. */
const large = () => ({ shape: [2 ** 19], values: new Float32Array(2 ** 19) });
const room = 3 * 2 ** 21;

function holding(...keys: readonly string[]): KeptAnswers {
  const kept = new KeptAnswers(room);
  for (const key of keys) kept.arrived(key, kept.expect(key), large());
  return kept;
}

const isKept = (kept: KeptAnswers) => (key: string) => kept.find(key) !== undefined;

describe('Answers that are kept', () => {
  it('are all there while there is room', () => {
    assert.ok(['a', 'b', 'c'].every(isKept(holding('a', 'b', 'c'))));
  });

  it('go in the order in which they were asked for last', () => {
    const kept = holding('a', 'b', 'c');
    kept.find('a');
    kept.arrived('d', kept.expect('d'), large());
    assert.deepEqual(['a', 'b', 'c', 'd'].map(isKept(kept)), [true, false, true, true]);
  });

  it('do not go when they are small, nor while they are on their way', () => {
    const kept = new KeptAnswers(room);
    const coming = kept.expect('coming');
    const small = kept.expect('small');
    kept.arrived('small', small, { values: new Float32Array(8) });
    for (const key of ['a', 'b', 'c', 'd', 'e']) kept.arrived(key, kept.expect(key), large());
    assert.equal(kept.find('small'), small);
    assert.equal(kept.find('coming'), coming);
  });

  it('of another time change nothing when they arrive after all was cleared', () => {
    const kept = new KeptAnswers(room);
    const old = kept.expect('a');
    kept.clear();
    const now = kept.expect('a');
    kept.arrived('a', old, large());
    assert.equal(now.value, undefined);
    assert.equal(kept.find('a'), now);
  });
});
