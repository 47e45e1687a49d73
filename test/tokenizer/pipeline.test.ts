// Ids of tokenizers of any kind against the Rust package's.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import { worldText } from '../support/encodings';
import { cases } from '../support/pipelineCases';
import { rustIds } from '../support/tokenizers';

const addedText = fc
  .array(
    fc.oneof(fc.constantFrom('The q', 'q日本', 'the q', 'DONQ', 'donq', ' ', '\n', 'x'), worldText),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** Of each description. */
const textsEach = Number(process.env['TOKENSCOPE_TEXTS'] ?? 500);

describe('a tokenizer.json of any kind', function () {
  this.timeout(Math.max(60_000, textsEach * 20));

  for (const [what, make] of Object.entries(cases)) {
    it(`makes the Rust package's ids: ${what}`, async () => {
      const json = make();
      const tokenizer = openAnyTokenizer(json, 'tokenizer.json');
      const rust = rustIds(json);
      await fc.assert(
        fc.asyncProperty(fc.oneof(worldText, addedText), async (text) => {
          assert.deepEqual(Array.from(tokenizer.encode(text).ids), await rust(text));
        }),
        { numRuns: textsEach },
      );
    });
  }
});
