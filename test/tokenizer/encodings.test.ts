// The built-in encodings against OpenAI's own library.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Tiktoken } from 'tiktoken';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer';
import { encodingNames } from '../../src/protocol/encodings';
import { openAiEncoding, ourEncoding, worldText } from '../support/encodings';

/** Of each encoding; by default so that there are 20,000 in all and 4 more, which takes seconds. */
const textsEach = Number(process.env['TOKENSCOPE_TEXTS'] ?? 3334);
const timeoutMs = Math.max(60_000, textsEach * 20);

const harmony = {
  '<|startoftext|>': 199_998,
  '<|return|>': 200_002,
  '<|constrain|>': 200_003,
  '<|channel|>': 200_005,
  '<|start|>': 200_006,
  '<|end|>': 200_007,
  '<|message|>': 200_008,
  '<|call|>': 200_012,
  '<|reserved_200000|>': 200_000,
  '<|reserved_201087|>': 201_087,
};

for (const name of encodingNames) {
  describe(`the encoding ${name}`, function () {
    this.timeout(timeoutMs);
    let ours: Tokenizer;
    let theirs: Tiktoken;
    before(async () => {
      ours = await ourEncoding(name);
      theirs = openAiEncoding(name, harmony);
    });
    after(() => theirs.free());

    it(`makes the ids of OpenAI's library of ${textsEach} texts of any script`, async () => {
      const plain = await ourEncoding(name, 'as-text');
      fc.assert(
        fc.property(worldText, (text) => {
          const expected = Array.from(theirs.encode_ordinary(text));
          assert.deepEqual(Array.from(plain.encode(text).ids), expected);
          assert.equal(plain.decode(expected), text);
        }),
        { numRuns: textsEach },
      );
    });

    for (const file of ['english', 'japanese', 'code']) {
      it(`makes the ids of OpenAI's library of the ${file} sample`, () => {
        const text = readFileSync(`test/fixtures/text/${file}.txt`, 'utf8');
        const expected = Array.from(theirs.encode_ordinary(text));
        assert.deepEqual(Array.from(ours.encode(text).ids), expected);
      });
    }

    it('recognises its special tokens wherever they stand', () => {
      const specials = name === 'o200k_harmony' ? Object.keys(harmony) : ['<|endoftext|>'];
      const marks = [...specials, '<|endofprompt|>', '<|fim_middle|>', '<|en'];
      const text = marks.map((mark) => `a ${mark} b${mark}`).join('\n');
      assert.deepEqual(Array.from(ours.encode(text).ids), Array.from(theirs.encode(text, 'all')));
    });

    it('gives each id the bytes it has there', () => {
      const { offsets, bytes, special } = ours.vocabulary;
      const known = theirs.token_byte_values();
      assert.equal(known.length, ranksOf(ours));
      for (let id = 0; id < offsets.length - 1; id++) {
        const own = bytes.subarray(offsets[id], offsets[id + 1]);
        if (own.length === 0 || special.includes(id)) continue;
        assert.deepEqual(
          Buffer.from(theirs.decode_single_token_bytes(id)),
          Buffer.from(own),
          `${id}`,
        );
      }
    });

    it('explains each piece by merges that end in its ids', () => {
      fc.assert(
        fc.property(worldText, (text) => {
          const pieces = ours.merges(text);
          assert.deepEqual(
            pieces.flatMap(({ ids }) => [...ids]),
            Array.from(ours.encode(text).ids),
          );
        }),
      );
    });

    it('cuts safely where it says so', () => {
      const ids = (text: string): number[] => Array.from(ours.encode(text).ids);
      let cuts = 0;
      fc.assert(
        fc.property(worldText, (text) => {
          for (let index = 0; index <= text.length; index++) {
            if (!ours.safeCut(text, index)) continue;
            cuts++;
            const parts = [...ids(text.slice(0, index)), ...ids(text.slice(index))];
            assert.deepEqual(parts, ids(text), `cut at ${index}`);
          }
        }),
      );
      assert.ok(cuts > 100, `only ${cuts} cuts`);
    });

    it('takes a run of 20,000 letters at once', () => {
      const started = performance.now();
      const { ids } = ours.encode('a'.repeat(20_000));
      // Quadratic merging takes seconds; a loaded machine is allowed fifty times what this takes.
      assert.ok(performance.now() - started < 2000);
      assert.equal(ours.decode(ids), 'a'.repeat(20_000));
    });
  });
}

function ranksOf({ vocabulary: { offsets, special } }: Tokenizer): number {
  let ranks = 0;
  for (let id = 0; id < offsets.length - 1; id++) {
    if (offsets[id + 1] !== offsets[id] && !special.includes(id)) ranks++;
  }
  return ranks;
}
