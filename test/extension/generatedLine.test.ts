// Stepping through a generated line: pieces are whole characters, undo and redo find their place, ends are told.
import assert from 'node:assert/strict';
import { GeneratedLine } from '../../src/extension/generation/generatedLine';
import type { Piece } from '../../src/extension/generation/generatedLine';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { greedySampling } from '../../src/protocol/sampling';
import type { SamplingSettings, StopSettings } from '../../src/protocol/sampling';
import { startService } from '../support/engineService';

const { service } = startService();
const { signal } = new AbortController();

interface LineSettings {
  readonly sampling?: SamplingSettings;
  readonly stop?: Partial<StopSettings>;
}

async function lineAfter(text: string, settings: LineSettings = {}): Promise<GeneratedLine> {
  const { ids } = await service.client.tokenize({ text });
  return new GeneratedLine({
    engine: service.client,
    vocabulary: new Vocabulary(await service.client.vocabulary({})),
    prompt: ids,
    sampling: settings.sampling ?? greedySampling,
    stop: { maxTokens: 40, stopStrings: [], ...settings.stop },
  });
}

/** Accepts pieces as an editor would, until the line ends or there are `count`; gives the text that stands then. */
async function acceptAll(
  line: GeneratedLine,
  count: number,
): Promise<{ text: string; pieces: Piece[] }> {
  const pieces: Piece[] = [];
  let text = '';
  while (pieces.length < count) {
    const piece = await line.next(signal);
    if (piece === undefined) break;
    pieces.push(piece);
    text += piece.text;
    assert.ok(line.locate(documentOf(text), '\n'));
  }
  return { text, pieces };
}

function documentOf(text: string): (length: number) => string | undefined {
  return (length) => (length === text.length ? text : undefined);
}

describe('generated line', () => {
  after(() => service.stop());

  it('makes the tokens that one continuous generation makes', async () => {
    const line = await lineAfter('Once upon a time there was');
    const { pieces } = await acceptAll(line, 12);
    const { ids } = await service.client.tokenize({ text: 'Once upon a time there was' });
    const expected: number[] = [];
    for (let n = 0; n < 12; n++) {
      const token = await service.client.step({
        ids: Int32Array.of(...ids, ...expected),
        promptLength: ids.length,
        sampling: greedySampling,
        stop: { maxTokens: 40, stopStrings: [] },
      });
      expected.push(token.id);
    }
    const made = pieces.flatMap(({ tokens }) => tokens.map(({ id }) => id));
    assert.deepEqual(made.slice(0, 12), expected);
    assert.equal(line.acceptedTokens, made.length);
  });

  it('joins tokens until their bytes are whole characters', async () => {
    const sampling = { temperature: 1.5, topK: 0, topP: 1, seed: 3 };
    const line = await lineAfter('むかしむかし、漢字の', { sampling, stop: { maxTokens: 60 } });
    const { text, pieces } = await acceptAll(line, 60);
    const joined = pieces.filter(({ tokens }) => tokens.length > 1);
    assert.ok(joined.length > 0, 'this seed makes torn characters');
    for (const piece of pieces.slice(0, -1)) assert.notEqual(piece.text, '');
    assert.equal(Buffer.from(text).toString(), text);
  });

  it('goes back with undo and forth with redo to the same pieces', async () => {
    const line = await lineAfter('The cat');
    const { text, pieces } = await acceptAll(line, 4);
    const last = pieces[3]?.text ?? '';
    assert.ok(line.locate(documentOf(text.slice(0, -last.length)), '\n'));
    assert.equal(line.accepted, 3);
    assert.equal(await line.next(signal), pieces[3]);
    assert.ok(line.locate(documentOf(text), '\n'));
    assert.equal(line.accepted, 4);
    assert.ok(line.locate(documentOf(''), '\n'));
    assert.equal(line.accepted, 0);
  });

  it('does not take another edit for one of its own', async () => {
    const line = await lineAfter('The cat');
    const { text } = await acceptAll(line, 3);
    assert.equal(line.locate(documentOf(`${text}x`), '\n'), false);
    assert.equal(line.locate(documentOf(text.slice(0, -1)), '\n'), false);
    assert.equal(line.accepted, 3);
  });

  it('finds its place in a document that writes line ends as CRLF', async () => {
    let lineEnds = 0;
    for (let seed = 1; seed <= 20 && lineEnds === 0; seed++) {
      const sampling = { temperature: 1, topK: 0, topP: 1, seed };
      const line = await lineAfter('function add(a, b) {\n', { sampling });
      let text = '';
      for (
        let piece = await line.next(signal);
        piece !== undefined;
        piece = await line.next(signal)
      ) {
        text += piece.text.replaceAll(/\r\n|\r|\n/g, '\r\n');
        assert.ok(line.locate(documentOf(text), '\r\n'), JSON.stringify(text));
      }
      lineEnds = text.split('\r\n').length - 1;
    }
    assert.ok(lineEnds > 0, 'some of these seeds makes a line end');
  });

  it('ends at the length limit', async () => {
    const line = await lineAfter('The cat', { stop: { maxTokens: 3 } });
    const { pieces } = await acceptAll(line, 10);
    assert.equal(pieces.length, 3);
    assert.equal(pieces.at(-1)?.stopped, 'length');
    assert.equal(await line.next(signal), undefined);
  });

  it('ends at a stop string, which may lie across tokens', async () => {
    const free = await acceptAll(await lineAfter('Once upon a time'), 6);
    const [, second, third] = free.pieces;
    const across = `${second?.text.slice(-1) ?? ''}${third?.text.slice(0, 2) ?? ''}`;
    const line = await lineAfter('Once upon a time', { stop: { stopStrings: [across] } });
    const { pieces, text } = await acceptAll(line, 10);
    assert.equal(pieces.at(-1)?.stopped, 'stop');
    assert.ok(text.includes(across));
    assert.ok(pieces.length <= 3, `${pieces.length} pieces`);
  });
});
