// Runs: what is made is written in order and in few edits, and ends for the reason that is told.
import assert from 'node:assert/strict';
import { repetition } from '../../src/extension/generation/repetition';
import { runTokens } from '../../src/extension/generation/tokenRun';
import type { TreeNode } from '../../src/extension/generation/tokenTree';
import { failureOf, fail } from '../../src/protocol/failures';
import { child, emptyTree } from '../support/letterTree';

describe('repetition', () => {
  it('is the same tokens three times in a row, over at least twelve', () => {
    const circle = (period: number, length: number): number[] =>
      Array.from({ length }, (_, n) => n % period);
    assert.equal(repetition(circle(1, 11)), undefined);
    assert.equal(repetition(circle(1, 12)), 1);
    assert.equal(repetition([9, 9, ...circle(5, 14)]), undefined);
    assert.equal(repetition([9, 9, ...circle(5, 15)]), 5);
    assert.equal(repetition(circle(32, 96)), 32);
    assert.equal(repetition(circle(33, 200)), undefined);
    assert.equal(repetition([...circle(4, 12), 7]), undefined);
  });
});

describe('a run of tokens', () => {
  const now = (): number => performance.now();
  const endless = (node: TreeNode): Promise<readonly TreeNode[]> => {
    const tree = emptyTree();
    return Promise.resolve([child(tree, node, node.tokenCount % 13)]);
  };
  /** As an engine that goes on by itself does. */
  const severalAtOnce = (from: TreeNode, most: number): Promise<readonly TreeNode[]> => {
    const tree = emptyTree();
    let node = from;
    const nodes = Array.from({ length: Math.min(most, 40) }, () => {
      return (node = child(tree, node, node.tokenCount % 101));
    });
    return Promise.resolve(nodes);
  };

  it('writes everything in order, in fewer edits than tokens when editing is slow', async () => {
    const written: string[] = [];
    const from = emptyTree().root;
    const why = await runTokens(
      {
        from,
        pieces: 30,
        next: endless,
        write: async (node) => {
          await new Promise((resolve) => setTimeout(resolve, 5));
          written.push(node.text);
        },
        onMade: () => undefined,
        now,
      },
      new AbortController().signal,
    );
    assert.equal(why, 'count');
    assert.equal(written.at(-1)?.length, 30);
    assert.ok(written.length < 30, `${written.length} edits`);
    for (const [n, text] of written.entries()) assert.ok(text.startsWith(written[n - 1] ?? ''));
  });

  it('stops when the person says so, and writes nothing after that', async () => {
    const stop = new AbortController();
    const written: number[] = [];
    const why = await runTokens(
      {
        from: emptyTree().root,
        pieces: 1000,
        next: endless,
        write: (node) => {
          written.push(node.tokenCount);
          return Promise.resolve();
        },
        onMade: (made) => {
          if (made === 7) stop.abort();
        },
        now,
      },
      stop.signal,
    );
    assert.equal(why, 'person');
    assert.ok((written.at(-1) ?? 0) <= 8, String(written));
  });

  it('writes what comes at once as one edit, and no more than was asked for', async () => {
    const written: number[] = [];
    const made: number[] = [];
    const why = await runTokens(
      {
        from: emptyTree().root,
        pieces: 90,
        next: severalAtOnce,
        write: (node) => {
          written.push(node.tokenCount);
          return Promise.resolve();
        },
        onMade: (tokens) => {
          made.push(tokens);
        },
        now,
      },
      new AbortController().signal,
    );
    assert.equal(why, 'count');
    assert.deepEqual(made, [40, 80, 90]);
    assert.equal(written.at(-1), 90);
    assert.ok(written.length <= 3, String(written));
  });

  it('drops what came at once and waits for its turn, when the person says so', async () => {
    const stop = new AbortController();
    const written: number[] = [];
    const why = await runTokens(
      {
        from: emptyTree().root,
        pieces: 1000,
        next: severalAtOnce,
        write: async (node) => {
          written.push(node.tokenCount);
          // The edit is under way when the key comes; what was made since waits behind it.
          await Promise.resolve();
          stop.abort();
        },
        onMade: () => undefined,
        now,
      },
      stop.signal,
    );
    assert.equal(why, 'person');
    assert.equal(written.length, 1);
  });

  it('ends where an edit is refused, and says so', async () => {
    const run = runTokens(
      {
        from: emptyTree().root,
        pieces: 1000,
        next: async (node) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return endless(node);
        },
        write: () => Promise.reject(fail('edit-refused', { file: 'a.txt' })),
        onMade: () => undefined,
        now,
      },
      new AbortController().signal,
    );
    await assert.rejects(run, (error) => failureOf(error).code === 'edit-refused');
  });

  it('warns when the text goes round in circles', async () => {
    const tree = emptyTree();
    const parts = {
      from: tree.root,
      pieces: 1000,
      next: (node: TreeNode) => Promise.resolve([child(tree, node, node.tokenCount % 2)]),
      write: () => Promise.resolve(),
      onMade: () => undefined,
      now,
    };
    assert.equal(await runTokens(parts, new AbortController().signal), 'repetition');
  });
});
