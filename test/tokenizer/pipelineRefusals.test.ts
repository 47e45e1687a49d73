// What a tokenizer.json may say that is not followed: refused by name.
import assert from 'node:assert/strict';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import { failureOf } from '../../src/protocol/failures';
import { split, unknown, whitespace } from '../support/pipelineCases';
import { trainedJson } from '../support/trainedTokenizers';

describe('a tokenizer.json of any kind', () => {
  const refused: readonly (readonly [string, object, string])[] = [
    ['a possessive quantifier', { pre_tokenizer: split({ Regex: 'a++b' }, 'Isolated') }, 'a++b'],
    ['an atomic group', { pre_tokenizer: split({ Regex: '(?>a)b' }, 'Isolated') }, '(?>a)b'],
    [
      'a class by a POSIX name',
      { pre_tokenizer: split({ Regex: '[[:alpha:]]' }, 'Removed') },
      'alpha',
    ],
    [
      'an option inside',
      { normalizer: { type: 'Replace', pattern: { Regex: '(?i)a' }, content: '' } },
      '(?i)a',
    ],
    [
      'a compiled table that is none',
      { normalizer: { type: 'Precompiled', precompiled_charsmap: 'AQAAAA==' } },
      'precompiled_charsmap',
    ],
    ['a step nobody knows', { pre_tokenizer: { type: 'UnicodeScripts' } }, 'UnicodeScripts'],
    ['a model nobody knows', { model: { type: 'Guess' } }, 'model.type'],
    [
      'lots that are drawn',
      { model: { type: 'BPE', vocab: {}, merges: [], dropout: 0.1 } },
      'dropout',
    ],
    [
      'a mark that is no entry',
      { model: { type: 'BPE', vocab: {}, merges: [], unk_token: '?' } },
      'unk_token: ?',
    ],
    ['a score that is none', { model: { type: 'Unigram', vocab: [['a', 'b']] } }, 'model.vocab'],
    ['an id of nothing', { model: { type: 'Unigram', vocab: [['a', 0]], unk_id: 1 } }, 'unk_id: 1'],
  ];
  for (const [what, change, named] of refused) {
    it(`is refused by name for ${what}`, () => {
      const json = {
        ...trainedJson('WordLevel', { pre_tokenizer: whitespace }, unknown),
        ...change,
      };
      assert.throws(
        () => openAnyTokenizer(json, 'tokenizer.json'),
        (error) => {
          const failure = failureOf(error);
          assert.ok(failure.code === 'tokenizer-unsupported', failure.code);
          assert.ok(failure.details.what.includes(named), failure.details.what);
          return true;
        },
      );
    });
  }

  it('without a token for what is unknown refuses the text that needs it', () => {
    const json = { model: { type: 'WordPiece', vocab: { a: 0 }, unk_token: '[UNK]' } };
    const tokenizer = openAnyTokenizer(json, 'tokenizer.json');
    assert.deepEqual(Array.from(tokenizer.encode('a').ids), [0]);
    assert.throws(
      () => tokenizer.encode('b'),
      (error) => failureOf(error).code === 'tokenizer-unsupported',
    );
  });

  it('says that a text is too large where an expression cannot take it', () => {
    const json = trainedJson('BPE', {
      pre_tokenizer: split({ Regex: '[^\\s\\p{N}]?\\p{L}+' }, 'Isolated'),
    });
    const tokenizer = openAnyTokenizer(json, 'tokenizer.json');
    assert.equal(tokenizer.encode('ab'.repeat(1000)).byteLength, 2000);
    assert.throws(
      () => tokenizer.encode('a'.repeat(9_000_000)),
      (error) => failureOf(error).code === 'text-too-large',
    );
  });
});
