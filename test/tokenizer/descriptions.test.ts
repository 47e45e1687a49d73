// What a tokenizer's files may say: followed exactly, or refused by name.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import { failureOf } from '../../src/protocol/failures';
import { rejectsWith } from '../support/failing';
import { memoryFolder } from '../support/modelFolders';
import { builtinJson, ours, someText } from '../support/tokenizers';

const split = { type: 'Split', pattern: { Regex: '\\d' }, behavior: 'Isolated', invert: false };
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, use_regex: true };
const { model } = builtinJson;

function refusal(json: object): string {
  try {
    ours(json);
  } catch (error) {
    const failure = failureOf(error);
    assert.ok(failure.code === 'tokenizer-unsupported', failure.code);
    assert.equal(failure.details.file, 'tokenizer.json');
    return failure.details.what;
  }
  return 'nothing was refused';
}

describe('a tokenizer that is not byte-level BPE', () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ model: { type: 'WordPiece', vocab: { a: 0 } } }, 'model.type: "WordPiece"'],
    [{ model: { type: 'Unigram', vocab: [['a', 0]] } }, 'model.type: "Unigram"'],
    [{ model: { ...model, vocab: { a: -1 } } }, 'model.vocab: Object'],
    [{ model: { ...model, merges: ['a'] } }, 'model.merges: "a"'],
    [{ model: { ...model, merges: [['q', 'Q']] } }, 'model.merges[0]: qQ'],
    [{ model: { ...model, dropout: 0.1 } }, 'model.dropout: 0.1'],
    [{ model: { ...model, end_of_word_suffix: '</w>' } }, 'model.end_of_word_suffix: "</w>"'],
    [
      { model: { ...model, continuing_subword_prefix: '##' } },
      'model.continuing_subword_prefix: "##"',
    ],
    [{ normalizer: { type: 'NFC' } }, 'normalizer: NFC'],
    [{ pre_tokenizer: null }, 'pre_tokenizer: null'],
    [{ pre_tokenizer: { type: 'Metaspace' } }, 'pre_tokenizer: Metaspace'],
    [
      { pre_tokenizer: { type: 'Sequence', pretokenizers: [byteLevel, split] } },
      'pre_tokenizer: Split',
    ],
    [
      { pre_tokenizer: { ...byteLevel, add_prefix_space: true } },
      'pre_tokenizer: {"type":"ByteLevel","add_prefix_space":true,"use_regex":true}',
    ],
    [
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [{ ...split, behavior: 'MergedWithPrevious' }, byteLevel],
        },
      },
      'pre_tokenizer: {"type":"Split","pattern":{"Regex":"\\\\d"},"behavior":"MergedWithPrevious","invert":false}',
    ],
    [
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [{ ...split, pattern: { Regex: '[' } }, byteLevel],
        },
      },
      'Split {"Regex":"["}',
    ],
  ];
  for (const [change, what] of cases) {
    it(`is refused with "${what.slice(0, 60)}"`, () => {
      assert.equal(refusal({ ...builtinJson, ...change }), what);
    });
  }

  it('that would drop characters is refused when it would', () => {
    const json = {
      ...builtinJson,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ ...split, behavior: 'Removed', invert: true }, byteLevel],
      },
    };
    const tokenizer = ours(json);
    assert.equal(tokenizer.encode('123').ids.length, 3);
    assert.throws(() => tokenizer.encode('1a'), { name: 'TokenscopeError' });
  });

  it('that lacks a byte is refused by the text that needs it', () => {
    const letters = Array.from('abc', (letter, id) => [letter, id] as const);
    const json = {
      ...builtinJson,
      added_tokens: [],
      model: { vocab: Object.fromEntries(letters), merges: [] },
    };
    const tokenizer = ours(json);
    assert.deepEqual(Array.from(tokenizer.encode('cab').ids), [2, 0, 1]);
    assert.throws(
      () => tokenizer.encode('abd'),
      (error) => {
        const failure = failureOf(error);
        return failure.code === 'tokenizer-unsupported' && failure.details.what === '0x64';
      },
    );
  });
});

describe('vocab.json and merges.txt', () => {
  const merges = ['#version: 0.2', ...model.merges.map((pair) => pair.join(' ')), ''].join('\n');
  const files = { 'vocab.json': JSON.stringify(model.vocab), 'merges.txt': merges };

  it('make the same tokens as tokenizer.json', async () => {
    const legacy = await openTokenizer(memoryFolder(files));
    assert.ok(legacy !== undefined);
    const modern = ours();
    assert.deepEqual(legacy.vocabulary, modern.vocabulary);
    fc.assert(
      fc.property(someText, (text) => {
        assert.deepEqual(legacy.encode(text), modern.encode(text));
      }),
    );
  });

  it('are read beside added_tokens.json and tokenizer_config.json', async () => {
    const tokenizer = await openTokenizer(
      memoryFolder({
        ...files,
        'added_tokens.json': JSON.stringify({ '<old>': 4096 }),
        'tokenizer_config.json': JSON.stringify({
          added_tokens_decoder: { '4097': { content: '<new>', special: true, lstrip: true } },
        }),
      }),
    );
    assert.deepEqual(Array.from(tokenizer?.encode('<old> <new>').ids ?? []), [4096, 4097]);
    assert.deepEqual(tokenizer?.vocabulary.special, [0, 4097]);
  });

  it('that add a space before the text are refused', async () => {
    const folder = memoryFolder({
      ...files,
      'tokenizer_config.json': JSON.stringify({ add_prefix_space: true }),
    });
    await rejectsWith('tokenizer-unsupported', openTokenizer(folder));
  });

  it('are needed both', async () => {
    assert.equal(
      await openTokenizer(memoryFolder({ ...files, 'merges.txt': undefined })),
      undefined,
    );
    assert.equal(await openTokenizer(memoryFolder({})), undefined);
  });
});

describe('a vocabulary', () => {
  it('gives the bytes of each id, those of added tokens as they are written', () => {
    const tokenizer = ours();
    const { vocabulary } = tokenizer;
    assert.equal(vocabulary.offsets.length, 4097);
    assert.deepEqual(vocabulary.special, [0]);
    assert.equal(Buffer.from(tokenizer.bytes([0])).toString(), '<|endoftext|>');
    // Ids 1 to 256 are the single bytes.
    const single = Array.from({ length: 256 }, (_, byte) => tokenizer.bytes([byte + 1]));
    assert.deepEqual(new Set(single.map(([byte]) => byte)).size, 256);
    assert.ok(single.every(({ length }) => length === 1));
  });

  it('knows words that are names of JavaScript itself', () => {
    const added = '"constructor":4096,"__proto__":4097,"prototype":4098}';
    const names = JSON.parse(JSON.stringify(model.vocab).replace(/}$/, `,${added}`)) as object;
    const tokenizer = ours({
      ...builtinJson,
      model: { ...model, vocab: names, ignore_merges: true },
    });
    assert.deepEqual(Array.from(tokenizer.encode('constructor').ids), [4096]);
    assert.equal(tokenizer.decode([4096, 4097, 4098]), 'constructor__proto__prototype');
  });

  it('refuses ids that it has not', () => {
    for (const id of [-1, 4096, 0.5, NaN]) {
      assert.throws(
        () => ours().decode([id]),
        (error) => failureOf(error).code === 'id-out-of-range',
        String(id),
      );
    }
  });
});
