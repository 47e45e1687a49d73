// The surprisal layer without an editor: numbers that do not depend on where one looks, units, levels, and what is familiar.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { surprisalFigures } from '../../src/extension/surprisal/surprisalFigures';
import {
  SurprisalSections,
  sectionUnits,
  sectionsOf,
} from '../../src/extension/surprisal/surprisalSections';
import type {
  ScoredToken,
  Section,
  SurprisalText,
} from '../../src/extension/surprisal/surprisalSections';
import { shownTokenUnits } from '../../src/extension/surprisal/shownTokenUnits';
import { surprisalUnits } from '../../src/extension/surprisal/surprisalUnits';
import { startService } from '../support/engineService';
import type { StartedService } from '../support/engineService';

const { signal } = new AbortController();
const sample = readFileSync('test/fixtures/text/english.txt', 'utf8');
const english = `${sample}\n`.repeat(Math.ceil(7000 / sample.length));

function textOf(content: string, version = 1): SurprisalText {
  const slice = ({ start, end }: { start: number; end: number }) => content.slice(start, end);
  return { key: 'text', version, length: content.length, slice };
}

function token(start: number, end: number, bits: number): ScoredToken {
  return { start, end, id: 0, bytes: end - start, bits, rank: 1, context: 1 };
}

describe('the surprisal layer', () => {
  let started: StartedService;
  let sections: SurprisalSections;

  before(() => {
    started = startService();
    const { service } = started;
    sections = new SurprisalSections(service.client, () => service.model?.config.context);
  });
  after(() => {
    started.service.dispose();
  });

  async function all(content: string): Promise<Section[]> {
    const text = textOf(content);
    const found = [];
    for (const index of sectionsOf({ start: 0, end: content.length }, content.length)) {
      found.push(await sections.section(text, index, signal));
    }
    return found;
  }

  it('gives tokens of another tokenizer the bits of the model’s tokens that they are made of', async () => {
    const found = await all(english);
    const own = found.flatMap(({ tokens }) => tokens);
    const source = { kind: 'encoding', name: 'o200k_base' } as const;
    const tokenizer = { source, specialTokens: 'recognised' } as const;
    const { starts, ends } = await started.service.client.tokenize({ text: english, tokenizer });
    const shown = Array.from(starts, (start, n) => ({ start, end: ends[n] ?? 0 }));
    const units = shownTokenUnits(found, shown);
    assert.ok(units.length < own.length, 'o200k has longer tokens than the model');
    let at = 0;
    for (const unit of units) {
      assert.equal(unit.start, at, 'nothing is left out');
      at = unit.end;
      const inside = own.filter(({ start, end }) => start >= unit.start && end <= unit.end);
      assert.deepEqual(unit.tokens, inside);
      assert.equal(
        unit.shown,
        shown.filter(({ start, end }) => start >= unit.start && end <= unit.end).length,
      );
      // Bits are summed in the same order, so that not even the last digit may differ.
      assert.equal(
        unit.bits,
        inside.reduce((sum, { bits }) => sum + bits, 0),
      );
    }
    assert.equal(at, english.length);
  });

  it('tells every token of a long text once, with the cut of the whole text', async () => {
    const found = (await all(english)).flatMap(({ tokens }) => tokens);
    const table = await started.service.client.tokenize({ text: english });
    assert.ok(english.length > 3 * sectionUnits);
    assert.deepEqual(
      found.map(({ id, start, end }) => [id, start, end]),
      Array.from(table.ids, (id, row) => [id, table.starts[row], table.ends[row]]),
    );
    assert.ok(Number.isNaN(found[0]?.bits));
    // The model's context is 128 and windows advance by half of it.
    assert.ok(
      found.slice(1).every(({ bits, context }, n) => bits >= 0 && context >= Math.min(n + 1, 64)),
    );
  });

  it('tells a short text exactly as one pass of the model does', async () => {
    const content = sample.slice(0, 200);
    const [section] = await all(content);
    const { ids } = await started.service.client.tokenize({ text: content });
    const run = await started.service.client.run({ ids });
    assert.equal(run.dropped, 0);
    assert.deepEqual(
      section?.tokens.map(({ bits, rank }) => [bits, rank]),
      Array.from(run.surprisalBits, (bits, n) => [bits, run.ranks[n]]),
    );
  });

  it('keeps its numbers before an edit, and takes those of the new text behind it', async () => {
    const [first] = await all(english);
    const edited = `${english.slice(0, 6000)} zebra ${english.slice(6000)}`;
    const again = await all(edited);
    assert.deepEqual(again[0], first);
    const table = await started.service.client.tokenize({ text: edited });
    assert.equal(again.flatMap(({ tokens }) => tokens).length, table.ids.length);
  });

  it('is taken back when nobody wants it any more', async () => {
    const controller = new AbortController();
    const asked = sections.section(textOf(english.toUpperCase()), 1, controller.signal);
    controller.abort();
    await assert.rejects(asked, /cancelled/);
  });

  it('finds text of a kind that the model was trained on familiar, and random letters not', async () => {
    const validation = started.service.model?.validation ?? [];
    const familiarity = async (content: string): Promise<string | undefined> => {
      const tokens = (await all(content)).flatMap((section) => section.tokens);
      return surprisalFigures(tokens, validation)?.familiarity;
    };
    const japanese = readFileSync('test/fixtures/text/japanese.txt', 'utf8');
    // One of the texts that the model's folder states a figure for.
    const code = readFileSync('node_modules/typescript/lib/lib.es5.d.ts', 'utf8');
    assert.equal(await familiarity(code.slice(1000, 3000)), 'inside');
    const letters = Buffer.from(readFileSync('media/icon.png')).toString('base64');
    assert.equal(await familiarity(letters.slice(0, 2500)), 'outside');
    assert.equal(await familiarity(japanese.slice(0, 30)), 'too-short');
  });
});

describe('units of surprisal', () => {
  const text = 'one two,\nthree 猫だ\n';
  const tokens = [
    token(0, 3, NaN),
    token(3, 7, 5),
    token(7, 8, 1),
    token(8, 9, 1),
    token(9, 12, 9),
    token(12, 14, 3.5),
    token(14, 16, 4),
    token(15, 16, 4.5),
    token(16, 17, 2),
    token(17, 18, 1),
  ];
  const section: Section = { start: 0, end: text.length, tokens, known: undefined };
  const textAt = ({ start, end }: { start: number; end: number }) => text.slice(start, end);
  const units = (kind: 'token' | 'word' | 'line') =>
    surprisalUnits([section], kind, textAt).map(({ start, end, bits, level }) => [
      text.slice(start, end),
      bits,
      level,
    ]);

  it('are tokens, those that share a character together', () => {
    const found = units('token');
    assert.deepEqual(found.slice(1, 3), [
      [' two', 5, 2],
      [',', 1, 0],
    ]);
    assert.ok(found.some(([content, bits]) => content === ' 猫' && bits === 8.5));
    assert.equal(found.length, 9);
  });

  it('are words with the tokens that are at home in them, and the first token unknown', () => {
    const found = units('word').filter(([content]) => /\p{L}/u.test(String(content)));
    assert.deepEqual(found.slice(0, 3), [
      ['one', NaN, 0],
      ['two', 5, 1],
      ['three', 12.5, 3],
    ]);
  });

  it('are lines, by bits per byte', () => {
    assert.deepEqual(units('line').at(-1), ['three 猫だ\n', 24, 3]);
  });

  it('leave out what the sections do not hold whole', () => {
    const half: Section = { ...section, start: 0, end: 12, tokens: tokens.slice(0, 5) };
    const found = surprisalUnits([half], 'word', textAt).map(({ start, end }) =>
      text.slice(start, end),
    );
    assert.ok(found.includes('two'));
    assert.ok(!found.some((content) => content.startsWith('thr')), found.join('|'));
    const uncertain: Section = { ...section, known: 8 };
    assert.deepEqual(
      surprisalUnits([uncertain], 'line', textAt).map(({ start }) => start),
      [],
    );
  });

  it('are stretches that both tokenizers begin and end where others are shown', () => {
    const shown = [
      { start: 0, end: 5 },
      { start: 5, end: 7 },
      { start: 7, end: 12 },
      { start: 14, end: 16 },
      { start: 16, end: 18 },
    ];
    const own = [token(0, 3, 4), token(3, 6, 6), token(6, 7, 2), token(7, 12, 9), token(14, 18, 5)];
    const found = shownTokenUnits([{ ...section, tokens: own }], shown);
    assert.deepEqual(
      found.map(({ start, end, bits, shown: tokens, level }) => [start, end, bits, tokens, level]),
      [
        [0, 7, 12, 2, 3],
        [7, 12, 9, 1, 4],
        [14, 18, 5, 2, 1],
      ],
    );
    const cut = shownTokenUnits([{ ...section, tokens: own.slice(1, 4) }], shown.slice(0, 4));
    assert.deepEqual(
      cut.map(({ start, end }) => [start, end]),
      [[7, 12]],
    );
  });

  it('are nowhere for an empty text', () => {
    assert.deepEqual(
      surprisalUnits([], 'word', () => ''),
      [],
    );
    assert.deepEqual(sectionsOf({ start: 0, end: 0 }, 0), []);
  });
});

describe('figures of a stretch', () => {
  const stretch = Array.from({ length: 100 }, (_, n) => token(n * 3, n * 3 + 3, 6));

  it('are the sums over the tokens that have a context', () => {
    const figures = surprisalFigures([token(0, 4, NaN), ...stretch], []);
    assert.deepEqual(figures, {
      tokens: 100,
      bytes: 300,
      bits: 600,
      perplexity: 64,
      bitsPerByte: 2,
      familiarity: 'not-stated',
    });
    assert.equal(surprisalFigures([token(0, 4, NaN)], []), undefined);
  });

  it('compare with 1.5 times the worst figure the model states, from 200 bytes on', () => {
    const stated = (...figures: number[]) =>
      figures.map((bitsPerByte) => ({ name: 'a text', bitsPerByte }));
    assert.equal(surprisalFigures(stretch, stated(1, 1.4))?.familiarity, 'inside');
    assert.equal(surprisalFigures(stretch, stated(1, 1.3))?.familiarity, 'outside');
    assert.equal(surprisalFigures(stretch.slice(0, 66), stated(1))?.familiarity, 'too-short');
  });
});
