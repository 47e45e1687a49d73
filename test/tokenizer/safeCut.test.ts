// Where a text may be cut: the tokens of the parts must be those of the whole, whatever the whole is.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyText, builtinJson, ours } from '../support/tokenizers';

const tokenizer = ours();

function idsOf(text: string): number[] {
  return Array.from(tokenizer.encode(text).ids);
}

describe('a safe cut', () => {
  it('leaves the tokens of both parts as they are in the whole', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (let index = 0; index <= text.length; index++) {
          if (!tokenizer.safeCut(text, index)) continue;
          const parts = [...idsOf(text.slice(0, index)), ...idsOf(text.slice(index))];
          assert.deepEqual(parts, idsOf(text), `cut at ${index}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('seen in a window is one in the text around it', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (before, window, after) => {
        const text = before + window + after;
        for (let index = 0; index <= window.length; index++) {
          if (!tokenizer.safeCut(window, index)) continue;
          const at = before.length + index;
          const parts = [...idsOf(text.slice(0, at)), ...idsOf(text.slice(at))];
          assert.deepEqual(parts, idsOf(text), `cut at ${index} of the window`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is found between words, before punctuation and between scripts of Japanese sentences', () => {
    assert.ok(tokenizer.safeCut('one two', 3));
    assert.ok(tokenizer.safeCut('one, two', 3));
    assert.ok(tokenizer.safeCut('桃です。おば', 3));
    assert.ok(tokenizer.safeCut('年12月', 1));
  });

  it('is not found in a word, after a space, in a contraction, in a pair or in an added token', () => {
    assert.ok(!tokenizer.safeCut('word', 2));
    assert.ok(!tokenizer.safeCut('one two', 4));
    assert.ok(!tokenizer.safeCut("it's", 3));
    assert.ok(!tokenizer.safeCut('。𠮷', 2));
    assert.ok(!tokenizer.safeCut('<|endoftext|>', 2));
    assert.ok(!tokenizer.safeCut('x<|', 3));
  });

  it('is never claimed where it is not proven', () => {
    const unproven = [
      {
        ...builtinJson,
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [
            { type: 'Split', pattern: { Regex: '\\w+ \\w+' }, behavior: 'Isolated', invert: false },
            { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
          ],
        },
      },
      {
        ...builtinJson,
        added_tokens: [
          ...builtinJson.added_tokens,
          { id: 4096, content: '<x>', lstrip: true, special: true },
        ],
      },
    ];
    for (const json of unproven) {
      const other = ours(json);
      for (let index = 0; index < 8; index++) assert.ok(!other.safeCut('one two.', index));
    }
  });
});
