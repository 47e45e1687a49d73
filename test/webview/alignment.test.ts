// Two texts side by side: the longest common subsequence is found, and nothing of either is lost or moved.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { align, bothOf, type AlignedPair } from '../../src/protocol/alignment';

describe('the alignment of two rows of tokens', () => {
  it('names what is common, replaced, deleted and inserted', () => {
    const { pairs, common } = align('abcdef'.split(''), 'abXdYef'.split(''));
    assert.equal(common, 5);
    assert.equal(pairs.map(sign).join(' '), '0=0 1=1 2/2 3=3 +4 4=5 5=6');
    assert.equal(align('abc'.split(''), 'ac'.split('')).pairs.map(sign).join(' '), '0=0 -1 2=1');
    assert.deepEqual(bothOf(align([1, 2, 3], [1, 3])), [0, 0, 2, 1]);
  });

  it('knows empty rows', () => {
    assert.deepEqual(align([], []), { pairs: [], common: 0 });
    assert.equal(align([], [1, 2]).pairs.map(sign).join(' '), '+0 +1');
  });

  it('has as many common tokens as any other method finds, and every token once, in order', () => {
    const row = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 });
    fc.assert(
      fc.property(row, row, (before, after) => {
        const { pairs, common } = align(before, after);
        assert.equal(common, longestCommon(before, after));
        assert.equal(pairs.filter(({ kind }) => kind === 'same').length, common);
        const sideOf = (side: 'before' | 'after') =>
          pairs.flatMap((pair) => (pair[side] === undefined ? [] : [pair[side]]));
        assert.deepEqual(sideOf('before'), [...before.keys()]);
        assert.deepEqual(sideOf('after'), [...after.keys()]);
        for (const pair of pairs) {
          if (pair.kind === 'same') assert.equal(before[pair.before], after[pair.after]);
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

function sign(pair: AlignedPair): string {
  switch (pair.kind) {
    case 'same':
      return `${pair.before}=${pair.after}`;
    case 'replaced':
      return `${pair.before}/${pair.after}`;
    case 'deleted':
      return `-${pair.before}`;
    case 'inserted':
      return `+${pair.after}`;
  }
}

/** By trying everything. */
function longestCommon(before: readonly number[], after: readonly number[]): number {
  const memory = new Map<string, number>();
  const from = (i: number, j: number): number => {
    if (i === before.length || j === after.length) return 0;
    const key = `${i} ${j}`;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const best =
      before[i] === after[j] ? 1 + from(i + 1, j + 1) : Math.max(from(i + 1, j), from(i, j + 1));
    memory.set(key, best);
    return best;
  };
  return from(0, 0);
}
