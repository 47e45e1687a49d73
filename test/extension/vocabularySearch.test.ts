// Searching a vocabulary by text, id, bytes and expression.
import assert from 'node:assert/strict';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { searchVocabulary } from '../../src/extension/vocabulary/vocabularySearch';
import { rejectsWith } from '../support/failing';

const entries = ['a', ' girl', 'girls', '', '猫', '\n', 'GIRL'].map((text) => Buffer.from(text));
const offsets = Uint32Array.from([
  0,
  ...entries.map((_, n) => Buffer.concat(entries.slice(0, n + 1)).length),
]);
const vocabulary = new Vocabulary({ bytes: Buffer.concat(entries), offsets, special: [] });

function search(query: string, most = 10, signal = new AbortController().signal) {
  return searchVocabulary(vocabulary, query, { most, signal });
}

describe('a search in the vocabulary', () => {
  for (const [query, ids] of [
    ['girl', [1, 2]],
    ['', [0, 1, 2, 4, 5, 6]],
    ['#4', [4]],
    ['#3', []],
    ['0xe7 8c', [4]],
    ['0x0A', [5]],
    ['/^ ?girl$/', [1]],
    ['/[A-Z]{4}/', [6]],
    ['nowhere', []],
  ] as const) {
    it(`for "${query}" finds ${ids.length}`, async () => {
      assert.deepEqual(await search(query), { ids, cut: false });
    });
  }

  it('says that there are more than it lists', async () => {
    assert.deepEqual(await search('', 2), { ids: [0, 1], cut: true });
  });

  it('refuses an expression that is none, and stops when it is cancelled', async () => {
    await rejectsWith('search-no-expression', search('/(/'));
    await rejectsWith('cancelled', search('a', 1, AbortSignal.abort()));
  });
});
