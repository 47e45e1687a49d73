// Where the tokens of any tokenizer lie in the text as it was given.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { byteCharacters } from '../../src/engine/tokenizer/byteAlphabet';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import { worldText } from '../support/encodings';
import { bert, byteLevel, cases, unknown } from '../support/pipelineCases';
import { trainedJson } from '../support/trainedTokenizers';

describe('a tokenizer of any kind', () => {
  it('gives tokens the place of what they were made of', () => {
    const json = trainedJson('WordPiece', bert, unknown);
    const text = ' É\u0301tude,\u0000日 x';
    const { starts, ends, byteStarts, byteEnds } = openAnyTokenizer(json, 'x').encode(text);
    const seen = Array.from(starts, (start, row) => text.slice(start, ends[row]));
    assert.deepEqual(seen.at(0)?.startsWith('É\u0301'), true);
    assert.deepEqual(seen.slice(-3), [',', '日', 'x']);
    const bytes = Buffer.from(text);
    const held = Array.from(byteStarts, (from, row) => bytes.subarray(from, byteEnds?.[row]));
    assert.deepEqual(
      held.map((token) => token.toString()),
      seen,
    );
  });

  for (const [what, make] of Object.entries(cases)) {
    it(`has tokens in the order of the text, on whole characters: ${what}`, () => {
      const tokenizer = openAnyTokenizer(make(), 'tokenizer.json');
      fc.assert(
        fc.property(worldText, (text) => {
          const { byteLength, byteStarts, ...table } = tokenizer.encode(text);
          assert.equal(byteLength, Buffer.byteLength(text));
          const byteEnds = table.byteEnds ?? Uint32Array.of(...byteStarts.slice(1), byteLength);
          for (const [row, from] of byteStarts.entries()) {
            const to = byteEnds[row] ?? NaN;
            assert.ok((byteStarts[row - 1] ?? 0) <= from && from <= to && to <= byteLength);
            const before = Buffer.byteLength(text.slice(0, table.starts[row]));
            const through = Buffer.byteLength(text.slice(0, table.ends[row]));
            // No more than three bytes of a character lie outside a token that has one of its bytes.
            assert.ok(before <= from && from - before < 4 && to <= through && through - to < 4);
          }
        }),
        { numRuns: 50 },
      );
    });
  }

  it('covers the text where nothing is left out or put in', () => {
    const byteBpe = trainedJson('BPE', {
      normalizer: { type: 'NFC' },
      pre_tokenizer: byteLevel,
    });
    const all = Object.fromEntries(Array.from(byteCharacters, (character, id) => [character, id]));
    const json = { ...byteBpe, model: { ...byteBpe.model, vocab: all, merges: [] } };
    const tokenizer = openAnyTokenizer(json, 'tokenizer.json');
    fc.assert(
      fc.property(worldText, (given) => {
        const text = given.normalize('NFC');
        const { byteStarts, byteEnds, byteLength } = tokenizer.encode(text);
        const follow = [...byteStarts.slice(1), byteLength].slice(0, byteStarts.length);
        assert.deepEqual(Array.from(byteEnds ?? []), follow);
        assert.equal(byteStarts[0] ?? 0, 0);
      }),
    );
  });
});
