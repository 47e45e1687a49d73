// Sessions as files: what is saved is read back as it was, branches and beams add up, and nonsense is refused by its place.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Sha256 } from '../../src/engine/files/sha256';
import { searchBeams } from '../../src/extension/generation/beams';
import { branchesOf, flattened, statisticsOf } from '../../src/extension/generation/branches';
import { recordOf, recordText, restore } from '../../src/extension/generation/recording';
import { TokenTree } from '../../src/extension/generation/tokenTree';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { failureOf } from '../../src/protocol/failures';
import { greedySampling } from '../../src/protocol/sampling';
import { readSessionRecord } from '../../src/protocol/sessionRecord';
import type { SessionRecord } from '../../src/protocol/sessionRecord';
import { startService } from '../support/engineService';

const { service } = startService();
const { signal } = new AbortController();
const stop = { maxTokens: 40, stopStrings: [] };
const settings = { sampling: greedySampling, stop };
const context = 'Once upon a time';

async function newTree(): Promise<TokenTree> {
  const { ids } = await service.client.tokenize({ text: context });
  const vocabulary = new Vocabulary(await service.client.vocabulary({}));
  return new TokenTree({ engine: service.client, vocabulary, prompt: ids, eol: '\n' });
}

async function write(tree: TokenTree, pieces: number): Promise<void> {
  for (let n = 0; n < pieces; n++) {
    const node = await tree.next(tree.cursor, settings, signal);
    assert.ok(node !== undefined && tree.locate(node.text));
  }
}

/** Two branches: four pieces, and after the first of them another two. */
async function branchedTree(): Promise<TokenTree> {
  const tree = await newTree();
  await write(tree, 4);
  assert.ok(tree.locate(tree.cursor.path[0]?.text ?? ''));
  const { ids } = await tree.predict(tree.cursor, { ...settings, rows: 3 }, signal);
  const choice = ids[2] ?? NaN;
  const other = await tree.choose(tree.cursor, { choice, settings }, signal);
  assert.ok(other !== undefined && tree.locate(other.text));
  await write(tree, 1);
  return tree;
}

function recorded(tree: TokenTree): SessionRecord {
  const model = { name: 'built-in', parameters: 1, hash: 'ab' };
  return recordOf(tree, { model, device: 'wasm', context, ended: 'person' });
}

after(() => service.stop());

describe('branches', () => {
  it('are the lines that stood in the text, with the model’s own probability of each', async () => {
    const tree = await branchedTree();
    const first = branchesOf(tree.root);
    const all = flattened(first);
    assert.equal(all.length, 2);
    assert.equal(all[1]?.leaf, tree.cursor);
    assert.equal(all[1].fork, all[0]?.leaf.path[0]);
    const [token] = tree.cursor.path[0]?.piece.tokens ?? [];
    const { tokens, logProbability, perplexity } = statisticsOf(tree.cursor);
    assert.equal(tokens, tree.cursor.tokenCount);
    const sum = tree.cursor.tokens.reduce((bits, { surprisalBits }) => bits + surprisalBits, 0);
    assert.equal(logProbability, -sum * Math.LN2);
    assert.ok(Math.abs(perplexity - 2 ** (sum / tokens)) < 1e-9 * perplexity);
    // Greedy tells the softmax at temperature 1, of which the surprisal is the logarithm.
    assert.ok(Math.abs(2 ** -(token?.surprisalBits ?? NaN) - (token?.probability ?? NaN)) < 1e-6);
  });

  it('of beam search are the most probable of all short lines', async () => {
    const tree = await newTree();
    const seen: number[] = [];
    const beams = await searchBeams(
      {
        tree,
        from: tree.root,
        width: 3,
        steps: 3,
        stop,
        onStep: (found) => seen.push(found.length),
      },
      signal,
    );
    assert.deepEqual(seen, [3, 3, 3]);
    const sums = beams.map((beam) => statisticsOf(beam).logProbability);
    assert.deepEqual(
      sums,
      [...sums].sort((a, b) => b - a),
    );
    // Width 1 is greedy.
    const [alone] = await searchBeams(
      { tree, from: tree.root, width: 1, steps: 3, stop, onStep: () => undefined },
      signal,
    );
    const greedy = await newTree();
    await write(greedy, 3);
    assert.equal(alone?.text, greedy.cursor.text);
    assert.ok((sums[0] ?? NaN) >= statisticsOf(greedy.cursor).logProbability - 1e-4);
  });
});

describe('a record of a session', () => {
  it('is read back as it was saved, and steps again through the same pieces', async () => {
    const tree = await branchedTree();
    tree.cursor.name = 'second';
    const record = recorded(tree);
    const text = recordText(record);
    const read = readSessionRecord(text, 'a.json');
    assert.deepEqual(read, record);
    assert.equal(read.pieces.length, tree.cursor.path.length + 3);
    const again = await newTree();
    const report: number[] = [];
    const replayed = await restore(again, read, { signal, report: (done) => report.push(done) });
    assert.deepEqual(replayed, { tokens: tree.cursor.tokenCount + 3, differing: 0 });
    assert.equal(report.at(-1), 1);
    const path = tree.cursor.path.map((node) => node.text);
    for (const expected of path) {
      const node = await again.next(again.cursor, settings, signal);
      assert.equal(node?.text, expected);
      assert.ok(again.locate(expected));
    }
    assert.equal(again.cursor.name, 'second');
    assert.deepEqual(recorded(again).pieces.length, record.pieces.length);
  });

  it('is refused with the place of what is wrong', async () => {
    const record = recorded(await branchedTree());
    const [piece] = record.pieces;
    const wrong: [string, object][] = [
      ['format', { ...record, format: 'something' }],
      ['version', { ...record, version: 0 }],
      ['contextIds', { ...record, contextIds: [] }],
      ['contextIds[0]', { ...record, contextIds: ['x'] }],
      ['model.hash', { ...record, model: { name: 'a', parameters: 1 } }],
      ['pieces[0].parent', { ...record, pieces: [{ ...piece, parent: 0 }] }],
      ['pieces[0].settings', { ...record, pieces: [{ ...piece, settings: 9 }] }],
      ['pieces[0].tokens[0].id', { ...record, pieces: [{ ...piece, tokens: [{ id: -1 }] }] }],
      ['current', { ...record, current: record.pieces.length }],
      ['settings', { ...record, settings: undefined }],
    ];
    for (const [where, value] of wrong) {
      const failure = failureWith(JSON.stringify(value));
      assert.deepEqual(failure, {
        code: 'record-malformed',
        details: { file: 'a.json', where },
      });
    }
    assert.equal(failureWith('{').code, 'json-malformed');
    assert.equal(failureWith('[1]').code, 'record-malformed');
    const newer = failureWith(JSON.stringify({ format: record.format, version: 2 }));
    assert.deepEqual(newer, {
      code: 'record-newer',
      details: { file: 'a.json', version: 2, known: 1 },
    });
  });
});

describe('SHA-256', () => {
  it('is that of Node, for any length and any cut', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, n) => (n * 37) & 255);
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 128, 300]) {
      const hash = new Sha256();
      hash.update(bytes.subarray(0, length >> 1));
      hash.update(bytes.subarray(length >> 1, length));
      const expected = createHash('sha256').update(bytes.subarray(0, length)).digest('hex');
      assert.equal(hash.digest(), expected, String(length));
    }
  });
});

function failureWith(text: string) {
  try {
    readSessionRecord(text, 'a.json');
  } catch (error) {
    return failureOf(error);
  }
  throw new Error('it was read');
}
