// How tokenizers that do not merge bytes searched, against searches written here anew.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import type { PieceSearch } from '../../src/protocol/pieceSearch';
import type { PieceMerges } from '../../src/protocol/tokens';
import { worldText } from '../support/encodings';
import { bert, cases, unknown, whitespace } from '../support/pipelineCases';
import { trainedJson } from '../support/trainedTokenizers';

type Of<Kind extends PieceSearch['kind']> = Extract<PieceSearch, { readonly kind: Kind }>;

/** Checks every piece's search of many texts; fails when none had one of this kind. */
function each<Kind extends PieceSearch['kind']>(
  json: object,
  kind: Kind,
  check: (search: Of<Kind>, piece: PieceMerges) => void,
): void {
  const tokenizer = openAnyTokenizer(json, 'tokenizer.json');
  let checked = 0;
  fc.assert(
    fc.property(worldText, (text) => {
      const pieces = tokenizer.merges(text);
      assert.deepEqual(
        pieces.flatMap(({ ids }) => [...ids]),
        Array.from(tokenizer.encode(text).ids),
      );
      for (const piece of pieces) {
        assert.equal(piece.search?.kind, kind);
        check(piece.search as Of<Kind>, piece);
        checked++;
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(checked > 200, `only ${checked} pieces`);
}

function caseOf(name: string) {
  const make = cases[name];
  assert.ok(make !== undefined, name);
  return make();
}

describe('the search of', function () {
  this.timeout(30_000);

  it('WordPiece tries every length from the longest down and takes the first entry', () => {
    const json = trainedJson('WordPiece', bert, unknown);
    const vocab = new Map(Object.entries(json.model['vocab'] as Record<string, number>));
    const longestEntry = Math.max(...Array.from(vocab.keys(), (entry) => entry.length));
    each(json, 'longestMatch', ({ text, steps, tooLong, prefix }, { ids }) => {
      assert.equal(prefix, '##');
      assert.equal(tooLong, undefined);
      let at = 0;
      for (const { start, longest, match } of steps) {
        assert.equal(start, at);
        assert.equal(longest, Math.min(text.length, start + longestEntry));
        const idAt = (end: number) => vocab.get((start > 0 ? '##' : '') + text.slice(start, end));
        for (let end = longest; end > (match?.end ?? start); end--) {
          assert.equal(idAt(end), undefined);
        }
        if (match === undefined) break;
        assert.equal(idAt(match.end), match.id);
        at = match.end;
      }
      const found = steps.flatMap(({ match }) => (match ? [match.id] : []));
      assert.deepEqual(ids, at === text.length ? found : [vocab.get('[UNK]')]);
    });
  });

  it('WordPiece says of a word that is too long that nothing was tried', () => {
    const json = trainedJson('WordPiece', bert, { ...unknown, max_input_chars_per_word: 3 });
    const [piece] = openAnyTokenizer(json, 'tokenizer.json').merges('there');
    assert.deepEqual(piece?.search, {
      kind: 'longestMatch',
      text: 'there',
      prefix: '##',
      steps: [],
      tooLong: 3,
    });
  });

  it('Unigram has every entry that fits, and a best path no other path beats', () => {
    const json = caseOf('Unigram with Metaspace');
    const vocab = json.model['vocab'] as readonly (readonly [string, number])[];
    const scores = new Map(vocab);
    const lowest = Math.min(...scores.values());
    each(json, 'lattice', ({ text, ways, path }) => {
      const fitting: string[] = [];
      // The best total to each place, from the end of the piece backwards: the other way round than the engine.
      const best = new Array<number>(text.length + 1).fill(-Infinity);
      best[text.length] = 0;
      for (let start = text.length - 1; start >= 0; start--) {
        if (/^[\udc00-\udfff]/.test(text.slice(start))) continue;
        const next = start + String.fromCodePoint(text.codePointAt(start) ?? 0).length;
        for (let end = start + 1; end <= text.length; end++) {
          const score = scores.get(text.slice(start, end));
          const used =
            score ??
            (end === next && !scores.has(text.slice(start, next)) ? lowest - 10 : undefined);
          if (used === undefined) continue;
          fitting.push(`${start} ${end} ${used}`);
          best[start] = Math.max(best[start] ?? 0, used + (best[end] ?? 0));
        }
      }
      assert.deepEqual(
        ways.map(({ start, end, score }) => `${start} ${end} ${score}`).sort(),
        fitting.sort(),
      );
      let total = 0;
      let at = 0;
      for (const index of path) {
        const way = ways[index];
        assert.ok(way !== undefined);
        assert.equal(way.start, at);
        total += way.score;
        assert.equal(way.total, total);
        at = way.end;
      }
      assert.equal(at, text.length);
      // Sums of the same numbers in another order.
      assert.ok(Math.abs(total - (best[0] ?? 0)) < 1e-9 * text.length, `${total} for ${best[0]}`);
    });
  });

  it('Unigram ends in the path as its ids, unknown ones that follow one another as one', () => {
    each(caseOf('Unigram with Metaspace'), 'lattice', ({ ways, path }, { ids }) => {
      const made: number[] = [];
      let before = false;
      for (const index of path) {
        const way = ways[index];
        assert.ok(way !== undefined);
        if (!(way.unknown && before)) made.push(way.id);
        before = way.unknown;
      }
      assert.deepEqual(ids, made);
    });
  });

  it('BPE of characters joins pairs by rank until none is left', () => {
    const json = trainedJson('BPE', { pre_tokenizer: whitespace }, { ...unknown });
    const merges = json.model['merges'] as readonly (readonly [string, string])[];
    const ranks = new Map(merges.map((pair, rank) => [pair.join('\0'), rank]));
    const vocab = json.model['vocab'] as Readonly<Record<string, number>>;
    let rounds = 0;
    each(json, 'symbolMerges', (search, { ids }) => {
      let parts = [...search.symbols];
      assert.equal(parts.join(''), search.text);
      for (const { rank, cuts, joined } of search.rounds) {
        rounds++;
        const rankAt = (at: number) => ranks.get(`${parts[at]}\0${parts[at + 1]}`) ?? Infinity;
        assert.equal(Math.min(...parts.map((_, at) => rankAt(at))), rank);
        const edges = [0, ...cuts, search.symbols.length];
        parts = edges.slice(1).map((end, n) => search.symbols.slice(edges[n], end).join(''));
        for (const at of joined) assert.ok(edges.includes(at) && !edges.includes(at + 1));
      }
      const made = parts.map((part) => vocab[part] ?? vocab['[UNK]']);
      assert.deepEqual(ids, made);
    });
    assert.ok(rounds > 200);
  });

  it('BPE with byte fallback starts from bytes where a character is unknown', () => {
    const tokenizer = openAnyTokenizer(caseOf('BPE as Llama has it'), 'tokenizer.json');
    const [piece] = tokenizer.merges('a\u{1f980}');
    assert.ok(piece?.search?.kind === 'symbolMerges');
    assert.deepEqual(piece.search.symbols.slice(-4), ['<0xF0>', '<0x9F>', '<0xA6>', '<0x80>']);
  });

  it('a vocabulary of words is one look', () => {
    const json = trainedJson('WordLevel', { pre_tokenizer: whitespace }, unknown);
    const searches = openAnyTokenizer(json, 'tokenizer.json')
      .merges('the xyzzyq')
      .map(({ search }) => search);
    assert.deepEqual(searches, [
      { kind: 'lookup', text: 'the', found: true },
      { kind: 'lookup', text: 'xyzzyq', found: false },
    ]);
  });
});
