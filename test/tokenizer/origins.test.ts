// How each entry of a vocabulary comes about, against what texts really become.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { tokenOrigins } from '../../src/engine/tokenOrigins';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import type { TokenOrigin } from '../../src/engine/tokenizer/tokenOrigin';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer';
import { Pace } from '../../src/engine/work';
import { reaches } from '../../src/protocol/tokenOrigins';
import { ourEncoding, worldText } from '../support/encodings';
import { cases } from '../support/pipelineCases';
import { builtinJson, ours, rustIds } from '../support/tokenizers';

const calm = { now: () => 0, breathe: () => Promise.resolve() };

/** The small tokenizers of the tests: bytes are characters of GPT-2's alphabet in the file. */
function tiny(
  words: readonly string[],
  merges: readonly (readonly [string, string])[],
  more: object = {},
): Tokenizer {
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  return openAnyTokenizer(
    {
      ...builtinJson,
      added_tokens: [],
      model: { type: 'BPE', vocab, merges, ...more },
    },
    'tokenizer.json',
  );
}

const reachOf = (tokenizer: Tokenizer, id: number): TokenOrigin['reach'] =>
  tokenizer.origin(id).reach;

describe('the origin of a token', () => {
  // `abc` is to be made of `a` and `bc`, but `ab` is always merged first.
  const words = ['a', 'b', 'c', 'ab', 'bc', 'abc'];
  const merges = [
    ['a', 'b'],
    ['b', 'c'],
    ['a', 'bc'],
  ] as const;

  it('is the last merge, by its rank and the two tokens it joins', () => {
    assert.deepEqual(tiny(words, merges).origin(4), {
      reach: 'alone',
      merge: { rank: 1, left: 1, right: 2 },
    });
  });

  it('is none where other merges always come first', () => {
    assert.deepEqual(tiny(words, merges).origin(5), { reach: 'never' });
    assert.deepEqual(Array.from(tiny(words, merges).encode('abc').ids), [3, 2]);
  });

  it('is the whole piece where the file says that pieces that are entries are not merged', () => {
    const tokenizer = tiny(words, merges, { ignore_merges: true });
    assert.deepEqual(tokenizer.origin(5), { reach: 'whole' });
    assert.deepEqual(Array.from(tokenizer.encode('abc').ids), [5]);
  });

  it('is inside longer texts for bytes that are no whole character', () => {
    // The last two bytes of あ, E3 81 82.
    const tokenizer = tiny(['ã', 'ģ', 'Ĥ', 'ģĤ'], [['ģ', 'Ĥ']]);
    assert.equal(reachOf(tokenizer, 3), 'inside');
    assert.equal(reachOf(tokenizer, 0), 'start');
  });

  it('is the text itself for marks, and never for marks that are read as text', () => {
    const tokenizer = ours();
    const [mark] = tokenizer.vocabulary.special;
    assert.equal(reachOf(tokenizer, mark ?? -1), 'mark');
    assert.equal(reachOf(tokenizer.withMarksAsText(), mark ?? -1), 'never');
  });

  it('is told alone where the Rust package makes the one token of the text', async () => {
    const tokenizer = ours();
    const rust = rustIds();
    const { offsets } = tokenizer.vocabulary;
    for (let id = 0; id < offsets.length - 1; id += 7) {
      if (reachOf(tokenizer, id) !== 'alone') continue;
      assert.deepEqual(await rust(tokenizer.decode([id])), [id]);
    }
  });

  for (const [what, make] of Object.entries({
    'the built-in tokenizer': () => Promise.resolve<Tokenizer>(ours()),
    cl100k_base: () => ourEncoding('cl100k_base'),
    ...Object.fromEntries(
      Object.entries(cases).map(([name, json]) => [
        name,
        () => Promise.resolve(openAnyTokenizer(json(), 'tokenizer.json')),
      ]),
    ),
  })) {
    it(`never denies a token that a text has: ${what}`, async () => {
      const tokenizer = await make();
      fc.assert(
        fc.property(worldText, (text) => {
          const denied = Array.from(tokenizer.encode(text).ids).filter((id) =>
            ['none', 'never'].includes(reachOf(tokenizer, id)),
          );
          assert.deepEqual(denied, []);
        }),
      );
    });
  }
});

describe('the origins of a vocabulary', function () {
  this.timeout(60_000);

  it('are columns by id, and each merge joins two tokens to the one it makes', async () => {
    const tokenizer = await ourEncoding('r50k_base');
    const told: number[] = [];
    const work = {
      pace: new Pace(calm, undefined),
      onProgress: ({ done }: { done: number }) => told.push(done),
    };
    const origins = await tokenOrigins(tokenizer, work);
    const total = tokenizer.vocabulary.offsets.length - 1;
    assert.equal(origins.reach.length, total);
    assert.equal(told.at(-1), total);
    let merged = 0;
    for (let id = 0; id < total; id++) {
      if ((origins.ranks[id] ?? -1) < 0) continue;
      merged++;
      const parts = [origins.lefts[id] ?? -1, origins.rights[id] ?? -1];
      // Many: assert's own comparison of arrays would take seconds.
      assert.ok(Buffer.compare(tokenizer.bytes(parts), tokenizer.bytes([id])) === 0, String(id));
    }
    // All but 256 single bytes and the end mark.
    assert.equal(merged, 50_000);
    const unmade = Array.from(origins.reach, (way) => reaches[way] ?? 'none');
    assert.equal(unmade.filter((way) => way === 'never' || way === 'whole').length, 0);
  });

  it('stop when they are cancelled', async () => {
    const stop = new AbortController();
    stop.abort();
    const work = { pace: new Pace(calm, stop.signal), onProgress: undefined };
    await assert.rejects(tokenOrigins(ours(), work), /cancelled/);
  });
});
