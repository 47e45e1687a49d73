// Ids against the Rust package, which is what the models were made with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { seeded } from '../support/random';
import { builtinJson, ours, rustIds, someText, type TokenizerJson } from '../support/tokenizers';

const cl100k =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|" +
  '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const bytesOnly = byteLevel({ use_regex: false });

function byteLevel(flags: { use_regex: boolean }): object {
  return { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, ...flags };
}

// Contents that the vocabulary has not: the Rust package gives others the id they have there.
const added = (id: number, content: string, flags: object = {}): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: false,
  ...flags,
});

const cases: readonly (readonly [string, TokenizerJson])[] = [
  ["GPT-2's split pattern", builtinJson],
  [
    'a Split expression before ByteLevel',
    {
      ...builtinJson,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: cl100k }, behavior: 'Isolated', invert: false },
          bytesOnly,
        ],
      },
    },
  ],
  [
    'a Split that keeps only its matches',
    {
      ...builtinJson,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: cl100k }, behavior: 'Removed', invert: true },
          bytesOnly,
        ],
      },
    },
  ],
  [
    'a Split at a text, then GPT-2 inside',
    {
      ...builtinJson,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { String: 'the' }, behavior: 'Isolated', invert: false },
          byteLevel({ use_regex: true }),
        ],
      },
    },
  ],
  ['no splitting at all', { ...builtinJson, pre_tokenizer: bytesOnly }],
  [
    'pieces that are taken whole',
    { ...builtinJson, model: { ...builtinJson.model, ...{ ignore_merges: true } } },
  ],
  [
    // Then a merge may make a pair of lower rank than its own, which trained merges never do.
    'merges in any order',
    { ...builtinJson, model: { ...builtinJson.model, merges: shuffled(builtinJson.model.merges) } },
  ],
  [
    'added tokens of every kind',
    {
      ...builtinJson,
      added_tokens: [
        ...builtinJson.added_tokens,
        added(4096, '<|left|>', { lstrip: true, special: true }),
        added(4097, '<|right|>', { rstrip: true, special: true }),
        added(4098, 'zqword', { single_word: true }),
        added(4099, 'the qthe'),
        added(4100, 'qthe', { normalized: true }),
        added(4101, '日本', { normalized: true }),
        added(4102, '<|endoftext|>!', { special: true }),
      ],
    },
  ],
];

const addedText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<|left|>',
        '<|right|>',
        'zqword',
        'the qthe',
        'qthe',
        '日本',
        '!',
        ' ',
        '\n',
        's',
      ),
      someText,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** Of each description. */
const textsEach = Number(process.env['TOKENSCOPE_TEXTS'] ?? 300);

describe('token ids', function () {
  this.timeout(Math.max(10_000, textsEach * 20));

  for (const [what, json] of cases) {
    it(`are the Rust package's with ${what}`, async () => {
      const tokenizer = ours(json);
      const rust = rustIds(json);
      await fc.assert(
        fc.asyncProperty(fc.oneof(someText, addedText), async (text) => {
          assert.deepEqual(Array.from(tokenizer.encode(text).ids), await rust(text));
        }),
        { numRuns: textsEach },
      );
    });
  }

  for (const file of ['english', 'japanese', 'code']) {
    it(`are the Rust package's on the ${file} sample`, async () => {
      const text = readFileSync(`test/fixtures/text/${file}.txt`, 'utf8');
      for (const [what, json] of cases) {
        assert.deepEqual(Array.from(ours(json).encode(text).ids), await rustIds(json)(text), what);
      }
    });
  }

  it('of a run of 20,000 letters come at once', () => {
    const started = performance.now();
    const { ids } = ours().encode('a'.repeat(20_000));
    // Quadratic merging takes seconds; a loaded machine is allowed fifty times what this takes.
    assert.ok(performance.now() - started < 2000);
    assert.equal(ours().decode(ids), 'a'.repeat(20_000));
  });
});

/** Fisher–Yates, the same order in every run. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const random = seeded(7);
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
}
