// The tree of generated pieces: pieces are whole characters, undo and redo find their place, branches are kept.
import assert from 'node:assert/strict';
import { TokenTree } from '../../src/extension/generation/tokenTree';
import type { TreeNode } from '../../src/extension/generation/tokenTree';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { greedySampling } from '../../src/protocol/sampling';
import type { SamplingSettings, StopSettings } from '../../src/protocol/sampling';
import { startService } from '../support/engineService';

const { service } = startService();
const { signal } = new AbortController();

interface TreeSettings {
  readonly sampling?: SamplingSettings;
  readonly stop?: Partial<StopSettings>;
}

function settingsOf({ sampling, stop }: TreeSettings) {
  return {
    sampling: sampling ?? greedySampling,
    stop: { maxTokens: 40, stopStrings: [], ...stop },
  };
}

async function treeAfter(text: string, eol = '\n'): Promise<TokenTree> {
  const { ids } = await service.client.tokenize({ text });
  const vocabulary = new Vocabulary(await service.client.vocabulary({}));
  return new TokenTree({ engine: service.client, vocabulary, prompt: ids, eol });
}

/** Writes pieces as an editor would, until the line ends or there are `count`. */
async function writeAll(
  tree: TokenTree,
  count: number,
  settings: TreeSettings = {},
): Promise<readonly TreeNode[]> {
  for (let n = 0; n < count; n++) {
    const node = await tree.next(tree.cursor, settingsOf(settings), signal);
    if (node === undefined) break;
    assert.ok(tree.locate(node.text), JSON.stringify(node.text));
    if (node.piece.stopped !== undefined) break;
  }
  return tree.cursor.path;
}

describe('tree of tokens', () => {
  after(() => service.stop());

  it('makes the tokens that one continuous generation makes', async () => {
    const tree = await treeAfter('Once upon a time there was');
    await writeAll(tree, 12);
    const expected: number[] = [];
    for (let n = 0; n < tree.cursor.tokenCount; n++) {
      const token = await service.client.step({
        ids: Int32Array.of(...tree.prompt, ...expected),
        promptLength: tree.prompt.length,
        ...settingsOf({}),
      });
      expected.push(token.id);
    }
    const made = tree.cursor.tokens.map(({ id }) => id);
    assert.ok(made.length >= 12);
    assert.deepEqual(made, expected);
  });

  it('joins tokens until their bytes are whole characters', async () => {
    const sampling = { temperature: 1.5, topK: 0, topP: 1, seed: 3 };
    const tree = await treeAfter('むかしむかし、漢字の');
    const path = await writeAll(tree, 60, { sampling, stop: { maxTokens: 60 } });
    const joined = path.filter(({ piece }) => piece.tokens.length > 1);
    assert.ok(joined.length > 0, 'this seed makes torn characters');
    for (const { piece } of path.slice(0, -1)) assert.notEqual(piece.text, '');
    assert.equal(Buffer.from(tree.cursor.text).toString(), tree.cursor.text);
  });

  it('makes many pieces at once as one after another, whole characters also here', async () => {
    const sampling = { temperature: 1.5, topK: 0, topP: 1, seed: 3 };
    const settings = settingsOf({ sampling, stop: { maxTokens: 60 } });
    const slow = await treeAfter('むかしむかし、漢字の');
    const expected = await writeAll(slow, 60, { sampling, stop: { maxTokens: 60 } });
    const tree = await treeAfter('むかしむかし、漢字の');
    let node = tree.root;
    let requests = 0;
    for (;;) {
      const atOnce = { pieces: 7, ms: 1000 };
      const nodes = await tree.nextOnes(node, { settings, atOnce }, signal);
      if (nodes.length === 0) break;
      assert.ok(nodes.length <= 7);
      for (const made of nodes) {
        assert.equal(made.parent, node);
        node = made;
      }
      requests++;
    }
    const texts = (nodes: readonly TreeNode[]): string[] => nodes.map(({ piece }) => piece.text);
    assert.deepEqual(texts(node.path), texts(expected));
    assert.deepEqual(
      node.lastIds(5).slice(-5),
      node.tokens.slice(-5).map(({ id }) => id),
    );
    assert.ok(requests < node.path.length / 2, `${requests} requests`);
    // What was made is there at once for whoever steps from here on.
    const [first] = node.path;
    assert.equal(tree.nextIfMade(tree.root, settings), first);
    assert.deepEqual(
      await tree.nextOnes(tree.root, { settings, atOnce: { pieces: 9, ms: 0 } }, signal),
      [first],
    );
  });

  it('goes back with undo and forth with redo to the same pieces', async () => {
    const tree = await treeAfter('The cat');
    const path = await writeAll(tree, 4);
    assert.ok(tree.locate(path[2]?.text ?? ''));
    assert.equal(tree.cursor, path[2]);
    assert.equal(await tree.next(tree.cursor, settingsOf({}), signal), path[3]);
    assert.ok(tree.locate(path[3]?.text ?? ''));
    assert.equal(tree.cursor, path[3]);
    assert.ok(tree.locate(''));
    assert.equal(tree.cursor, tree.root);
  });

  it('does not take another text for one of its own', async () => {
    const tree = await treeAfter('The cat');
    const path = await writeAll(tree, 3);
    const { text } = tree.cursor;
    assert.equal(tree.locate(`${text}x`), false);
    assert.equal(tree.locate(text.slice(0, -1)), false);
    assert.equal(tree.cursor, path[2]);
  });

  it('keeps the first branch when another one is chosen', async () => {
    const tree = await treeAfter('The cat');
    const first = await writeAll(tree, 3);
    assert.ok(tree.locate(first[0]?.text ?? ''));
    const { ids } = await tree.predict(tree.cursor, { sampling: greedySampling, rows: 4 }, signal);
    assert.equal(ids[0], first[1]?.piece.tokens[0]?.id);
    const choice = ids[3] ?? NaN;
    const other = await tree.choose(tree.cursor, { choice, settings: settingsOf({}) }, signal);
    assert.ok(other !== undefined && tree.locate(other.text));
    const [token] = other.piece.tokens;
    assert.deepEqual([token?.id, token?.rank, token?.chosen], [choice, 4, true]);
    await writeAll(tree, 2);
    assert.equal(tree.cursor.path.length, 4);
    assert.ok(tree.locate(first[2]?.text ?? ''));
    assert.equal(tree.cursor, first[2]);
    assert.equal(first[0]?.children.length, 2);
  });

  it('finds its place in a document that writes line ends as CRLF', async () => {
    let lineEnds = 0;
    for (let seed = 1; seed <= 20 && lineEnds === 0; seed++) {
      const sampling = { temperature: 1, topK: 0, topP: 1, seed };
      const tree = await treeAfter('function add(a, b) {\n', '\r\n');
      await writeAll(tree, 40, { sampling });
      assert.ok(!/(^|[^\r])\n/.test(tree.cursor.text));
      lineEnds = tree.cursor.text.split('\r\n').length - 1;
    }
    assert.ok(lineEnds > 0, 'some of these seeds makes a line end');
  });

  it('ends at the length limit, and goes on when the limit is raised', async () => {
    const tree = await treeAfter('The cat');
    const path = await writeAll(tree, 10, { stop: { maxTokens: 3 } });
    assert.equal(path.length, 3);
    assert.equal(path.at(-1)?.piece.stopped, 'length');
    assert.equal(
      await tree.next(tree.cursor, settingsOf({ stop: { maxTokens: 3 } }), signal),
      undefined,
    );
    assert.notEqual(await tree.next(tree.cursor, settingsOf({}), signal), undefined);
  });

  it('ends at a stop string, which may lie across tokens', async () => {
    const free = await writeAll(await treeAfter('Once upon a time'), 6);
    const [, second, third] = free;
    const across = `${second?.piece.text.slice(-1) ?? ''}${third?.piece.text.slice(0, 2) ?? ''}`;
    const tree = await treeAfter('Once upon a time');
    const path = await writeAll(tree, 10, { stop: { stopStrings: [across] } });
    assert.equal(path.at(-1)?.piece.stopped, 'stop');
    assert.ok(tree.cursor.text.includes(across));
    assert.ok(path.length <= 3, `${path.length} pieces`);
  });
});
