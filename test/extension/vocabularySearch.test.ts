// Searching a vocabulary by text, id, bytes and expression.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { ExpressionSearcher } from '../../src/extension/vocabulary/expressionSearcher';
import { searchVocabulary } from '../../src/extension/vocabulary/vocabularySearch';
import { rejectsWith } from '../support/failing';

const texts = ['a', ' girl', 'girls', '', '猫', '\n', 'GIRL', ' '.repeat(64)];
const entries = texts.map((text) => Buffer.from(text));
const offsets = Uint32Array.from([
  0,
  ...entries.map((_, n) => Buffer.concat(entries.slice(0, n + 1)).length),
]);
const vocabulary = new Vocabulary({ bytes: Buffer.concat(entries), offsets, special: [] });

const expressions = new ExpressionSearcher(resolve('dist/searchThread.js'));

function search(query: string, most = 10, signal = new AbortController().signal) {
  return searchVocabulary(vocabulary, query, { most, signal, expressions });
}

describe('a search in the vocabulary', () => {
  for (const [query, ids] of [
    ['girl', [1, 2]],
    ['', [0, 1, 2, 4, 5, 6, 7]],
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
    await rejectsWith('cancelled', search('/a/', 1, AbortSignal.abort()));
  });

  // Each of the 64 spaces doubles the ways to fail: 2⁶⁴ of them.
  const endless = '/( +)+x/';

  it('ends an expression that would not end, and says what is wrong with it', async () => {
    const hasty = new ExpressionSearcher(resolve('dist/searchThread.js'), 0.5);
    const { signal } = new AbortController();
    const work = { most: 10, signal, expressions: hasty };
    assert.deepEqual(
      await rejectsWith('search-too-slow', searchVocabulary(vocabulary, endless, work)),
      { typed: endless, seconds: 0.5 },
    );
  });

  it('lets newer typing end it, while nothing else waits', async () => {
    const typing = new AbortController();
    const endlessSearch = search(endless, 10, typing.signal);
    assert.deepEqual(await search('/girl/'), { ids: [1, 2], cut: false });
    typing.abort();
    await rejectsWith('cancelled', endlessSearch);
  });
});
