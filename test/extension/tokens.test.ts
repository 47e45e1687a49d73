// Token tables, spans and marks made from the built-in model's own tokens.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bandEnd, labelsOf, tokenMarks } from '../../src/extension/editor/tokenMarks';
import type { TokenMark } from '../../src/extension/editor/tokenMarks';
import { appendGenerated, tableOfIds } from '../../src/extension/tokens/generatedTable';
import { RegionTokens, rowAt } from '../../src/extension/tokens/regionTokens';
import type { Region, TextSnapshot, TokenSpan } from '../../src/extension/tokens/regionTokens';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { startService } from '../support/engineService';

const { service } = startService();
const mixed = 'Once upon 漢字 🐈\r\n\tcafé 👩‍👩‍👧 の猫。\n\nend ';
const noCap = { limit: Infinity, near: 0 };

function snapshot(text: string): TextSnapshot {
  return {
    key: 'test:',
    version: 1,
    length: text.length,
    slice: ({ start, end }) => text.slice(start, end),
  };
}

async function spansOf(text: string, regions: Region[], visible = regions): Promise<TokenSpan[]> {
  const tokens = new RegionTokens(service.client);
  const wanted = { regions, visible };
  const parts = await tokens.spans(snapshot(text), wanted, new AbortController().signal);
  return parts.map(({ span }) => span);
}

async function marksOf(text: string): Promise<TokenMark[]> {
  const whole = { start: 0, end: text.length };
  const [span] = await spansOf(text, [whole]);
  return span === undefined ? [] : tokenMarks(span, whole, noCap);
}

after(() => service.stop());

describe('token marks', () => {
  it('cover any text without a gap, alternating on each line', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom('猫', '\r\n', ' ', 'a', '🐈', '\u0301', 'の'),
        maxLength: 40,
      }),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const marks = await marksOf(text);
        const isLineEnd = (at: number): boolean => /[\r\n]/.test(text[at] ?? '');
        let end = 0;
        marks.forEach((mark, index) => {
          assert.equal(mark.start, end);
          const meetsItsNeighbour = index > 0 && !isLineEnd(end) && !isLineEnd(end - 1);
          if (meetsItsNeighbour) assert.notEqual(mark.parity, marks[index - 1]?.parity);
          assert.ok(mark.end > mark.start);
          end = mark.end;
        });
        assert.equal(end, text.length);
      }),
      { numRuns: 150 },
    );
  });

  it('keep the colours of the other lines when a line is edited', async () => {
    const others = ['  if (little) {\n    girl();\n', '  }\n\nThe end.\n'] as const;
    const paritiesWith = async (line: string): Promise<number[]> => {
      const marks = await marksOf(others[0] + line + others[1]);
      const touched = [others[0].length - 1, others[0].length + line.length] as const;
      const isElsewhere = ({ start, end }: TokenMark): boolean =>
        end <= touched[0] || start >= touched[1] + 3;
      return marks.filter(isElsewhere).map(({ parity }) => parity);
    };
    const one = await paritiesWith('    world\n');
    assert.ok(one.length > 8);
    for (const line of ['    world x\n', '    a\n', '    little girl lived there\n']) {
      assert.deepEqual(await paritiesWith(line), one, line);
    }
  });

  it('mark a character that tokens split once, with all their ids', async () => {
    const marks = await marksOf(mixed);
    const torn = marks.filter(({ ids }) => ids.length > 1);
    assert.ok(torn.length > 0, 'the vocabulary splits some of these characters');
    for (const { start, end } of torn) {
      const text = mixed.slice(start, end);
      assert.equal(text, Buffer.from(text).toString(), `a whole character: ${text}`);
    }
    const all = marks.flatMap(({ ids }) => ids);
    const { ids } = await service.client.tokenize({ text: mixed });
    assert.deepEqual(all, [...ids]);
  });

  it('put the label of a token with a line end at the end of its line, and join labels there', async () => {
    const marks = await marksOf('one.\r\ntwo');
    const labels = labelsOf(marks);
    const atLineEnd = labels.filter(({ at }) => at === 4);
    assert.equal(atLineEnd.length, 1);
    assert.match(atLineEnd[0]?.lineEnds ?? '', /[↵␍]/);
    assert.deepEqual(
      labels.flatMap(({ ids }) => ids),
      marks.flatMap(({ ids }) => ids),
    );
  });

  it('stand in order at the end of a line when carriage return and line feed are two tokens', async () => {
    const text = ' line\r\nend';
    const marks = await marksOf(text);
    const feed = marks.find(({ start }) => text[start] === '\n');
    assert.ok(feed, 'the vocabulary has a token that begins with the line feed alone');
    assert.equal(feed.labelAt, text.indexOf('\r'));
    const places = labelsOf(marks).map(({ at }) => at);
    assert.deepEqual(
      places,
      [...new Set(places)].sort((a, b) => a - b),
    );
  });

  it('put all labels of a line from right to left at its end, so that its letters stay together', async () => {
    const text = 'one שלום 12\r\nمرحبا\nplain';
    const labels = labelsOf(await marksOf(text));
    const [first, second] = labels;
    assert.equal(first?.at, text.indexOf('\r'));
    assert.equal(second?.at, text.indexOf('\nplain'));
    assert.ok(labels.slice(2).every(({ at }) => at > text.indexOf('plain')));
    const { ids } = await service.client.tokenize({ text });
    assert.deepEqual(
      labels.flatMap((label) => label.ids),
      [...ids],
    );
  });

  it('keep those nearest to the caret when there are too many', async () => {
    const text = 'word '.repeat(200);
    const whole = { start: 0, end: text.length };
    const [span] = await spansOf(text, [whole]);
    assert.ok(span);
    const marks = tokenMarks(span, whole, { limit: 20, near: 500 });
    assert.equal(marks.length, 20);
    assert.ok(marks.some(({ start, end }) => start <= 500 && 500 < end));
  });
});

describe('region tokens', () => {
  it('take each selection as a text of its own', async () => {
    const regions = [
      { start: 5, end: 9 },
      { start: 10, end: 12 },
    ];
    const spans = await spansOf(mixed, regions);
    assert.equal(spans.length, 2);
    for (const [index, span] of spans.entries()) {
      const region = regions[index];
      assert.ok(region);
      const { ids } = await service.client.tokenize({
        text: mixed.slice(region.start, region.end),
      });
      assert.deepEqual(span.table.ids, ids);
      assert.equal(span.first, 0);
    }
  });

  it('give a window of a long text the tokens that the whole has there', async function () {
    this.timeout(20_000);
    const line = 'The little girl lived in the world, 猫 and dog.\n';
    const text = line.repeat(3_000);
    const whole = { start: 0, end: text.length };
    const visible = { start: 60_001, end: 62_000 };
    const [span] = await spansOf(text, [whole], [visible]);
    assert.ok(span);
    assert.ok(span.covers.start <= visible.start && visible.end <= span.covers.end);
    assert.ok(span.covers.end - span.covers.start < 40_000, 'a window, not the whole');
    assert.equal(span.first, undefined);
    const { ids, starts } = await service.client.tokenize({ text });
    const first = starts.indexOf(span.covers.start);
    assert.deepEqual(span.table.ids, ids.slice(first, first + span.table.ids.length));
    assert.equal(span.text, text.slice(span.covers.start, span.covers.end));
  });

  it('cover what is visible once, however the visible ranges overlap', async () => {
    const text = 'The little girl lived in the world.\n'.repeat(40);
    const whole = { start: 0, end: text.length };
    // As around folded lines, with some lines on both sides of each range.
    const visible = [
      { start: 720, end: 1080 },
      { start: 0, end: 400 },
      { start: 360, end: 720 },
    ];
    const tokens = new RegionTokens(service.client);
    const wanted = { regions: [whole], visible };
    const parts = await tokens.spans(snapshot(text), wanted, new AbortController().signal);
    const starts = parts.flatMap(({ span, part }) =>
      tokenMarks(span, part, noCap).map(({ start }) => start),
    );
    const before = (await marksOf(text)).filter(({ start }) => start < 1080);
    assert.deepEqual(
      starts,
      before.map(({ start }) => start),
    );
  });

  it('answer for the region that is looked at, whatever was looked at before', async () => {
    const tokens = new RegionTokens(service.client);
    const whole = { start: 0, end: mixed.length };
    const word = { start: 5, end: 9 };
    const { signal } = new AbortController();
    const rows: (number | undefined)[] = [];
    for (const region of [word, whole, word]) {
      const place = await tokens.at(snapshot(mixed), { regions: [region], offset: 5 }, signal);
      assert.deepEqual(place?.span.region, region);
      rows.push(place.row);
    }
    assert.equal(rows[0], 0);
    assert.equal(rows[2], 0);
    assert.notEqual(rows[1], 0);
    const outside = { regions: [word], offset: 12 };
    assert.equal(await tokens.at(snapshot(mixed), outside, signal), undefined);
  });

  it('find the token of every character', async () => {
    const [span] = await spansOf(mixed, [{ start: 0, end: mixed.length }]);
    assert.ok(span);
    for (let offset = 0; offset < mixed.length; offset++) {
      const row = rowAt(span, offset) ?? -1;
      const start = span.table.starts[row] ?? NaN;
      const end = span.table.ends[bandEnd(span, row) - 1] ?? NaN;
      assert.ok(start <= offset && offset < end, `offset ${offset}: row ${row} is ${start}–${end}`);
    }
    assert.equal(rowAt(span, mixed.length), undefined);
  });
});

describe('tables of generated tokens', () => {
  it('lie where the tokenizer says, for ids that it made itself', async () => {
    const vocabulary = new Vocabulary(await service.client.vocabulary({}));
    const table = await service.client.tokenize({ text: mixed });
    const made = tableOfIds([...table.ids], vocabulary);
    assert.equal(made.text, mixed);
    for (const column of ['ids', 'starts', 'ends', 'byteStarts'] as const) {
      assert.deepEqual(made.table[column], table[column], column);
    }
    assert.equal(made.table.byteLength, table.byteLength);
  });

  it('follow a prompt at the right offsets, torn characters included', async () => {
    const vocabulary = new Vocabulary(await service.client.vocabulary({}));
    const prompt = { text: 'Once', table: await service.client.tokenize({ text: 'Once' }) };
    const cat = await service.client.tokenize({ text: '字' });
    const { text, table } = appendGenerated(prompt, [...cat.ids], vocabulary);
    assert.equal(text, 'Once字');
    const rows = table.ids.length;
    assert.equal(rows, prompt.table.ids.length + cat.ids.length);
    assert.deepEqual([...table.ends.slice(-cat.ids.length)], Array(cat.ids.length).fill(5));
    assert.deepEqual([...table.parts.slice(-cat.ids.length)], [...cat.parts]);
  });

  it('show bytes that are no character as what they are', async () => {
    const vocabulary = new Vocabulary(await service.client.vocabulary({}));
    const [first] = (await service.client.tokenize({ text: '漢' })).ids;
    assert.ok(first !== undefined);
    assert.equal(tableOfIds([first], vocabulary).text, '\ufffd');
    assert.equal(vocabulary.label(first), `<${vocabulary.hex(first)}>`);
  });
});
