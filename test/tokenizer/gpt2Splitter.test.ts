// Where GPT-2's pattern cuts, against the Rust package's own, for every character there is.
import assert from 'node:assert/strict';
import { byteLevelPreTokenizer } from 'tokenizers';
import fc from 'fast-check';
import { Gpt2Splitter } from '../../src/engine/tokenizer/gpt2Splitter';
import { someText } from '../support/tokenizers';

const splitter = new Gpt2Splitter();
const rust = byteLevelPreTokenizer(false, true);
const block = 0x400;

/** Planes 0 to 3 and 14 hold all assigned characters; the others are looked at in one place each. */
function blocks(): number[] {
  const starts: number[] = [];
  for (let start = 0; start < 0x34000; start += block) starts.push(start);
  for (let plane = 4; plane <= 16; plane++) starts.push(plane << 16);
  return starts;
}

/** Each character of a block as letter, number or neither would join its neighbours. */
function textOf(start: number): string {
  return Array.from({ length: block }, (_, index) => start + index)
    .filter((point) => point < 0xd800 || point > 0xdfff)
    .map((point) => String.fromCodePoint(point))
    .map((character) => `e${character}1${character}!${character}`)
    .join('');
}

/** Where pieces end, in characters. */
function endsOf(text: string): number[] {
  let at = 0;
  return splitter.split(text).map((piece) => (at += Array.from(piece).length));
}

function rustEndsOf(text: string): number[] {
  return rust.preTokenizeString(text).map(([, [, end]]) => end);
}

describe("GPT-2's splitting", () => {
  it('cuts around every character as the Rust package does, whatever Unicode the runtime knows', function () {
    // Some 230,000 characters through both: a second alone, more beside other work.
    this.timeout(60_000);
    for (const start of blocks()) {
      const text = textOf(start);
      const [ends, expected] = [endsOf(text), rustEndsOf(text)];
      const differs = ends.findIndex((end, index) => end !== expected[index]);
      assert.equal(differs, -1, `piece ${differs} of the block from U+${start.toString(16)}`);
      assert.equal(ends.length, expected.length);
    }
  });

  it("is the Rust package's on any text", () => {
    fc.assert(
      fc.property(someText, (text) => {
        assert.deepEqual(endsOf(text), rustEndsOf(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('of five million letters, spaces or emoji does not run out of stack', function () {
    this.timeout(20_000);
    for (const character of ['a', ' ', '\n', '🙂', '-']) {
      assert.equal(splitter.split(character.repeat(5_000_000 / character.length)).length, 1);
    }
  });

  it('leaves nothing of a text out', () => {
    const text = '\ufeff a\u0085\u3000\u2028\0\r\n\t\u200b\u{10ffff}';
    assert.equal(splitter.split(text).join(''), text);
  });
});
