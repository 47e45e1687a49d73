// The trail of merges: it must lead, by the rules of the vocabulary alone, to the tokens of the text.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PieceMerges } from '../../src/protocol/tokens';
import { anyText, builtinJson, ours } from '../support/tokenizers';

const tokenizer = ours();

describe('merges', () => {
  it('end as the tokens of the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const pieces = tokenizer.merges(text);
        const ids = pieces.flatMap((piece) => piece.ids);
        assert.deepEqual(ids, Array.from(tokenizer.encode(text).ids));
      }),
      { numRuns: 300 },
    );
  });

  it('cover the text piece by piece', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let at = 0;
        for (const piece of tokenizer.merges(text)) {
          assert.equal(piece.start, at);
          assert.deepEqual(
            piece.bytes,
            new TextEncoder().encode(text.slice(piece.start, piece.end)),
          );
          at = piece.end;
        }
        assert.equal(at, text.length);
      }),
      { numRuns: 300 },
    );
  });

  it('join, in each round, every place where the pair of lowest rank stands, and nothing else', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const piece of tokenizer.merges(text)) {
          if (!isAddedToken(piece)) replay(piece);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leave cuts that are the boundaries of the tokens', () => {
    const [piece] = tokenizer.merges('international');
    assert.ok(piece !== undefined && piece.merges.length > 1);
    const lengths = piece.ids.map((id) => tokenizer.bytes([id]).length);
    let at = 0;
    const boundaries = lengths.slice(0, -1).map((length) => (at += length));
    assert.deepEqual(piece.merges.at(-1)?.cuts, boundaries);
  });

  it('are none for an added token', () => {
    const [, mark] = tokenizer.merges('a<|endoftext|>b');
    assert.ok(mark !== undefined);
    assert.deepEqual(mark.merges, []);
    assert.deepEqual(mark.ids, [0]);
    assert.deepEqual([mark.start, mark.end], [1, 14]);
  });
});

const ranks = new Map(builtinJson.model.merges.map((pair, rank) => [pair.join(' '), rank]));
const symbols = makeSymbols();

/** Plays the textbook's algorithm round by round and compares. Trained merges never make a pair of lower rank. */
function replay(piece: PieceMerges): void {
  let parts = Array.from(piece.bytes, (byte) => symbols[byte] ?? '');
  for (const round of piece.merges) {
    const best = Math.min(...parts.slice(1).map((right, at) => rankOf(parts[at] ?? '', right)));
    assert.equal(round.rank, best);
    const joined: number[] = [];
    const next: string[] = [];
    let byte = 0;
    for (let at = 0; at < parts.length; at++) {
      let part = parts[at] ?? '';
      if (rankOf(part, parts[at + 1] ?? '') === best) {
        joined.push(byte);
        part += parts[++at] ?? '';
      }
      next.push(part);
      byte += part.length;
    }
    parts = next;
    assert.deepEqual(round.joined, joined);
    assert.deepEqual(round.cuts, cutsOf(parts));
  }
  const left = parts.slice(1).map((right, at) => rankOf(parts[at] ?? '', right));
  assert.ok(left.every((rank) => rank === Infinity));
  assert.deepEqual(
    piece.ids,
    parts.map((part) => builtinJson.model.vocab[part]),
  );
}

function rankOf(left: string, right: string): number {
  return ranks.get(`${left} ${right}`) ?? Infinity;
}

function cutsOf(parts: readonly string[]): number[] {
  let at = 0;
  return parts.slice(0, -1).map((part) => (at += part.length));
}

function isAddedToken(piece: PieceMerges): boolean {
  return new TextDecoder().decode(piece.bytes) === '<|endoftext|>';
}

/** GPT-2's alphabet as its source writes it, apart from the engine's. */
function makeSymbols(): string[] {
  const printable = [...range('!', '~'), ...range('¡', '¬'), ...range('®', 'ÿ')];
  const table: string[] = [];
  let extra = 0;
  for (let byte = 0; byte < 256; byte++) {
    const code = printable.includes(byte) ? byte : 256 + extra++;
    table.push(String.fromCharCode(code));
  }
  return table;
}

function range(first: string, last: string): number[] {
  const from = first.charCodeAt(0);
  return Array.from({ length: last.charCodeAt(0) - from + 1 }, (_, index) => from + index);
}
