// Learning a vocabulary: the same merges as the Rust package's trainer, and a tokenizer that others read.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BPE, byteLevelPreTokenizer, Tokenizer as RustTokenizer } from 'tokenizers';
import { openTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import { PieceCounts } from '../../src/engine/tokenizer/training/pieceCounts';
import type { LearnedMerge } from '../../src/engine/tokenizer/training/trainVocabulary';
import {
  tokenizerJson,
  trainVocabulary,
} from '../../src/engine/tokenizer/training/trainVocabulary';
import { memoryFolder } from '../support/modelFolders';
import { breathe } from '../support/models';

const english = sentences('en');
const japanese = sentences('ja');
const code = readFileSync('src/engine/model/decoder.ts', 'utf8');
const samples = {
  english,
  japanese,
  code,
  'all of them': [english, japanese, code].join('\n'),
  'runs of one letter': 'aaaa aaaaa aaaaaaa\naaa baaab\n',
};

describe('Learning a vocabulary', () => {
  for (const [name, text] of Object.entries(samples)) {
    it(`makes the merges of the Rust trainer: ${name}`, async () => {
      const { merges } = await learn(text, 30_000);
      const expected = rustMerges(text);
      assert.ok(expected.length > 5);
      assert.deepEqual(merges, expected);
    }).timeout(20_000);
  }

  it('makes the merges of the Rust trainer on any text of few letters', async () => {
    const letters = fc.constantFrom('a', 'b', 'あ', 'い', ' ', '\n');
    const texts = fc.string({ unit: letters, minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const { merges } = await learn(text, 30_000);
        assert.deepEqual(merges, rustMerges(text));
      }),
      { numRuns: 100, seed: 1 },
    );
  }).timeout(20_000);

  it('stops at the size that is wanted, with special tokens first and bytes behind them', async () => {
    const { entries, merges } = await learn(english, 300, ['<|endoftext|>', '<|user|>']);
    assert.equal(entries.length, 300);
    assert.deepEqual(entries.slice(0, 4), ['<|endoftext|>', '<|user|>', '!', '"']);
    assert.equal(merges.length, 300 - 258);
    assert.deepEqual(
      entries.slice(258),
      merges.map((pair) => pair.join('')),
    );
  });

  it('gives out fewer entries when the text has no pair left', async () => {
    const { entries } = await learn('ab ab', 1000);
    assert.deepEqual(entries.slice(256), ['ab', 'Ġab']);
  });

  it('tells of each merge with the count it had', async () => {
    const told: LearnedMerge[] = [];
    await trainVocabulary(
      new Map([
        ['abab', 2],
        ['ab', 1],
      ]),
      {
        size: 258,
        special: [],
        onMerge: (merge) => told.push(merge),
        pause: breathe,
      },
    );
    assert.deepEqual(told, [
      { rank: 0, left: 'a', right: 'b', count: 5 },
      { rank: 1, left: 'ab', right: 'ab', count: 2 },
    ]);
  });

  it('learns nothing from special tokens', () => {
    const counts = new PieceCounts(['<|endoftext|>']);
    counts.add('one<|endoftext|>two<|endoftext|>\n');
    assert.deepEqual([...counts.entries.keys()], ['one', 'two', '\n']);
  });

  it('writes a tokenizer that this engine and the Rust package read alike', async () => {
    const learned = await learn(samples['all of them'], 700, ['<|endoftext|>']);
    const json = tokenizerJson(learned);
    const own = await openTokenizer(memoryFolder({ 'tokenizer.json': json }));
    assert.ok(own !== undefined);
    const rust = RustTokenizer.fromString(json);
    for (const text of [english, japanese, code, 'x<|endoftext|>y\n\n  z', '😀 ちんちんかもかも']) {
      const expected = await rust.encode(text);
      assert.deepEqual([...own.encode(text).ids], expected.getIds());
    }
  });
});

/** The messages of the product in one language, one a line. */
function sentences(language: 'en' | 'ja'): string {
  return ['failures', 'inspector', 'lessons']
    .map((name) => readFileSync(join('media/l10n', `${name}.${language}.json`), 'utf8'))
    .flatMap((json) => Object.values(JSON.parse(json) as Record<string, string>))
    .join('\n');
}

/** What the Rust package makes of a file it reads line by line: so this side reads lines too. */
async function learn(
  text: string,
  size: number,
  special: readonly string[] = [],
): ReturnType<typeof trainVocabulary> {
  const counts = new PieceCounts(special);
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) counts.add(line);
  return trainVocabulary(counts.entries, { size, special, pause: breathe });
}

function rustMerges(text: string): [string, string][] {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-'));
  try {
    writeFileSync(join(folder, 'text'), text);
    const tokenizer = new RustTokenizer(BPE.empty());
    tokenizer.setPreTokenizer(byteLevelPreTokenizer(false));
    tokenizer.train([join(folder, 'text')]);
    tokenizer.save(join(folder, 'tokenizer.json'));
    const saved = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as {
      model: { merges: [string, string][] };
    };
    return saved.model.merges;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
