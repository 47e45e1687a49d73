// A text that is edited: its tokens must be those of the text as it stands, whatever the edits were.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { ChunkedText } from '../../src/engine/texts/chunkedText';
import { SegmentedText, type TextChange } from '../../src/engine/texts/segmentedText';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer';
import { Pace } from '../../src/engine/work';
import type { TokenTable } from '../../src/protocol/tokens';
import { ourEncoding, worldText } from '../support/encodings';
import { cases } from '../support/pipelineCases';
import { builtinJson } from '../support/tokenizers';

const host = { now: () => performance.now(), breathe: () => setImmediate() };
const work = { pace: new Pace(host, undefined), onProgress: undefined };
/** Short, so that edits meet several segments; a cut is proven by 64 units on each side. */
const units = 150;

const described = (json: unknown): (() => Promise<Tokenizer>) => {
  return () => Promise.resolve(openAnyTokenizer(json, 'tokenizer.json'));
};

/** Each kind of tokenizer, and whether it proves any cut. */
const kinds: readonly (readonly [string, () => Promise<Tokenizer>, 'cuts' | 'whole'])[] = [
  ['the built-in model', described(builtinJson), 'cuts'],
  ['gpt2', () => ourEncoding('gpt2'), 'cuts'],
  ['cl100k_base', () => ourEncoding('cl100k_base'), 'cuts'],
  ['o200k_base', () => ourEncoding('o200k_base'), 'cuts'],
  ['WordPiece', described(cases['WordPiece as BERT has it']?.()), 'cuts'],
  ['WordLevel', described(cases['WordLevel of words and signs']?.()), 'cuts'],
  ['Unigram', described(cases['Unigram with Metaspace']?.()), 'cuts'],
  ['Unigram with bytes and NFKC', described(cases['Unigram that falls back to bytes']?.()), 'cuts'],
  ['Unigram over whole texts', described(cases['Unigram without splitting']?.()), 'whole'],
  ['BPE as Llama has it', described(cases['BPE as Llama has it']?.()), 'whole'],
  ['added tokens that look around', described(cases['BPE with added tokens']?.()), 'whole'],
];

/** A text of some segments, as people and as tests write. */
const longText = fc
  .array(fc.oneof(worldText, fc.constantFrom(...sentences())), { minLength: 8, maxLength: 24 })
  .map((parts) => parts.join(' '));

function sentences(): string[] {
  return [
    'The quick brown fox jumps over the lazy dog, and it does so 12345 times a day.',
    'むかしむかし、あるところに、おじいさんとおばあさんがいました。',
    'export function slice(start: number): string {\n  return this.text.slice(start);\n}\n',
    "It's what they'd've said: don't <|endoftext|> stop.",
  ];
}

/** Edits by shares of the text's length, so that each lies in it. */
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })),
    text: fc.oneof(
      fc.string({ maxLength: 2 }),
      worldText,
      fc.constantFrom('', ' ', '\n', "'", 'a'),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

function changeOf(
  edit: { readonly at: number; readonly length: number; readonly text: string },
  length: number,
): TextChange {
  const start = Math.floor(edit.at * length);
  return { start, end: Math.min(length, start + edit.length), text: edit.text };
}

async function whole(segmented: SegmentedText, text: string): Promise<TokenTable> {
  const { start, end, first, table } = await segmented.tokens({ start: 0, end: text.length }, work);
  assert.deepEqual([start, end, first], [0, text.length, 0]);
  return table;
}

function assertSame(actual: TokenTable, expected: TokenTable): void {
  assert.deepEqual(Array.from(actual.ids), Array.from(expected.ids));
  for (const column of ['starts', 'ends', 'part', 'parts', 'byteStarts'] as const) {
    assert.deepEqual(actual[column], expected[column], column);
  }
  assert.deepEqual(actual.byteEnds, expected.byteEnds);
  assert.equal(actual.byteLength, expected.byteLength);
}

describe('the tokens of a text that is edited', () => {
  for (const [name, open, how] of kinds) {
    it(`are those of the text as it is, by ${name}`, async () => {
      const tokenizer = await open();
      let segments = 0;
      const property = fc.asyncProperty(longText, edits, async (before, changes) => {
        const text = new ChunkedText();
        text.append(before);
        const segmented = await SegmentedText.cut(tokenizer, text, { work, units });
        await whole(segmented, before);
        segments = Math.max(segments, segmented.segmentCount);
        let now = before;
        for (const edit of changes) {
          const change = changeOf(edit, now.length);
          now = now.slice(0, change.start) + change.text + now.slice(change.end);
          text.replace(change.start, change.end, change.text);
          segmented.edited(change);
        }
        assert.equal(text.slice(0, Infinity), now);
        if (now === '') return;
        assertSame(await whole(segmented, now), tokenizer.encode(now));
        assert.deepEqual(await segmented.count(work), {
          tokens: tokenizer.encode(now).ids.length,
          characters: Array.from(now).length,
          bytes: new TextEncoder().encode(now).length,
        });
      });
      await fc.assert(property, { numRuns: 60 });
      if (how === 'cuts') assert.ok(segments > 3, `only ${segments} segments`);
      else assert.equal(segments, 1);
    });
  }

  it('are made for the part that is looked at alone, and an edit makes few of them anew', async () => {
    const tokenizer = await ourEncoding('cl100k_base');
    let encoded = 0;
    const counting: Tokenizer = {
      kind: tokenizer.kind,
      vocabulary: tokenizer.vocabulary,
      encode: (part) => {
        encoded += part.length;
        return tokenizer.encode(part);
      },
      merges: (part) => tokenizer.merges(part),
      decode: (ids) => tokenizer.decode(ids),
      bytes: (ids) => tokenizer.bytes(ids),
      origin: (id) => tokenizer.origin(id),
      withMarksAsText: () => tokenizer.withMarksAsText(),
      safeCut: (part, index) => tokenizer.safeCut(part, index),
    };
    const text = new ChunkedText();
    text.append('One line of some words, and another.\n'.repeat(30_000));
    const segmented = await SegmentedText.cut(counting, text, { work });
    const look = { start: 600_000, end: 603_000 };
    const part = await segmented.tokens(look, work);
    assert.ok(part.start <= look.start && look.end <= part.end);
    assert.equal(part.first, undefined);
    assert.ok(encoded < 20_000, `${encoded} units for a look`);
    const count = await segmented.count(work);
    assert.equal(count?.tokens, tokenizer.encode(text.slice(0, Infinity)).ids.length);
    encoded = 0;
    text.replace(600_100, 600_100, 'x');
    segmented.edited({ start: 600_100, end: 600_100, text: 'x' });
    const again = await segmented.tokens(look, work);
    assert.ok(encoded < 20_000, `${encoded} units after an edit`);
    const before = tokenizer.encode(text.slice(0, again.start));
    assert.equal(again.first, before.ids.length);
  });

  it('are not counted further when the text changes meanwhile', async () => {
    const tokenizer = await ourEncoding('gpt2');
    const text = new ChunkedText();
    text.append('some words '.repeat(20_000));
    let edit = (): void => undefined;
    const pause = (): Promise<void> => {
      edit();
      return Promise.resolve();
    };
    const pace = { pause, signal: undefined } as unknown as Pace;
    const segmented = await SegmentedText.cut(tokenizer, text, { work });
    edit = () => {
      text.replace(0, 0, 'x');
      segmented.edited({ start: 0, end: 0, text: 'x' });
    };
    assert.equal(await segmented.count({ pace, onProgress: undefined }), undefined);
  });
});
