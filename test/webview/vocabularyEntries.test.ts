// The vocabulary's page without its page: what is read of the entries, told apart, filtered and sorted.
import assert from 'node:assert/strict';
import { scriptOf } from '../../src/protocol/tokenScript';
import { reaches, type TokenOrigins } from '../../src/protocol/tokenOrigins';
import { Entries } from '../../webview/vocabulary/entries';
import { countBins, facetsOf, filterOf } from '../../webview/vocabulary/facets';
import { readKept } from '../../webview/vocabulary/kept';
import { sortRows } from '../../webview/vocabulary/rows';

const texts = ['b', ' girl', '', '猫が', '<|end|>', '12', 'ギ'];
const partOfCharacter = Buffer.from([0xe3, 0x81]);
const rows = [...texts.map((text) => Buffer.from(text)), partOfCharacter];
const offsets = Uint32Array.from([
  0,
  ...rows.map((_, n) => Buffer.concat(rows.slice(0, n + 1)).length),
]);
const table = { bytes: Buffer.concat(rows), offsets, special: [4] };

async function read(): Promise<Entries> {
  const entries = await Entries.read(table, () => true);
  assert.ok(entries);
  return entries;
}

/** All alone but the last; merges of rising rank at ids 1 and 3. */
const origins: TokenOrigins = {
  reach: Uint8Array.from([2, 3, 0, 3, 1, 6, 3, 4]),
  ranks: Int32Array.from([-1, 9, -1, 4, -1, -1, -1, -1]),
  lefts: new Int32Array(8).fill(-1),
  rights: new Int32Array(8).fill(-1),
};

describe('the entries of the vocabulary’s page', () => {
  it('are read with their lengths, scripts and labels', async () => {
    const entries = await read();
    assert.deepEqual(Array.from(entries.characters), [1, 5, 0, 2, 7, 2, 1, -1]);
    assert.equal(entries.label(1), '·girl');
    assert.equal(entries.label(7), '<E3 81>');
    assert.equal(entries.wholeText(7), undefined);
    assert.deepEqual(
      [1, 3, 5, 6, 7].map((id) => entries.scriptOf(id)),
      ['Latn', 'Jpan', 'digits', 'Kana', 'bytes'],
    );
    assert.equal(entries.has(2), false);
  });

  it('are not read to the end when nobody wants them any more', async () => {
    assert.equal(await Entries.read(table, () => false), undefined);
  });

  it('are counted in each facet by what passes the filters of the others', async () => {
    const entries = await read();
    const facets = facetsOf(entries, origins);
    const passes = filterOf(facets, { script: 'Latn' });
    const found = (id: number): boolean => entries.has(id);
    const counts = Object.fromEntries(
      facets.map((facet) => {
        const bins = countBins(facet, (id, but) => found(id) && passes(id, but));
        return [facet.name, facet.bins.filter((_, bin) => (bins[bin] ?? 0) > 0)];
      }),
    );
    assert.deepEqual(counts['reach'], ['mark', 'start', 'alone']);
    assert.deepEqual(counts['bytes'], [1, 5, 7]);
    assert.deepEqual(new Set(counts['script']).size, 5);
  });

  it('have no facet of how they come about before that is known', async () => {
    const names = facetsOf(await read(), undefined).map(({ name }) => name);
    assert.deepEqual(names, ['script', 'bytes', 'characters']);
  });

  it('are sorted either way, with those that a column says nothing of last', async () => {
    const entries = await read();
    const sorted = (column: 'merge' | 'token' | 'bytes', descending: boolean): number[] => {
      const order = { column, descending };
      return Array.from(sortRows(Int32Array.of(0, 1, 3, 5), order, { entries, origins }));
    };
    assert.deepEqual(sorted('merge', false), [3, 1, 0, 5]);
    assert.deepEqual(sorted('merge', true), [1, 3, 0, 5]);
    assert.deepEqual(sorted('token', false), [1, 5, 0, 3]);
    assert.deepEqual(sorted('bytes', true), [3, 1, 5, 0]);
  });

  it('are filtered and sorted again as they were, and nonsense is left out', () => {
    const kept = { search: { kind: 'text', typed: 'a' }, filters: { bytes: 3 } };
    assert.deepEqual(readKept({ ...kept, order: { column: 'weight', descending: true } }), kept);
    assert.equal(readKept('all'), undefined);
  });

  it('are told apart by script and by the kind of their signs', () => {
    const told = ['é', 'дом', 'aд', 'かな', '漢字', ' \n', '🧑‍🍳', '();', '٣', 'ⵣ'].map(scriptOf);
    const expected = ['Latn', 'Cyrl', 'mixed', 'Hira', 'Hani', 'space', 'emoji', 'signs', 'digits'];
    assert.deepEqual(told, [...expected, 'other']);
    assert.equal(reaches[6], 'never');
  });
});
