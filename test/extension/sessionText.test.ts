// Where a session is in its document, whatever is edited, undone and redone: against a document that is only a string.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { repetition } from '../../src/extension/generation/repetition';
import { SessionText } from '../../src/extension/generation/sessionText';
import type { Edit, Meaning } from '../../src/extension/generation/sessionText';
import { runTokens } from '../../src/extension/generation/tokenRun';
import { TokenTree } from '../../src/extension/generation/tokenTree';
import type { TreeNode } from '../../src/extension/generation/tokenTree';
import { greedySampling } from '../../src/protocol/sampling';
import { failureOf, fail } from '../../src/protocol/failures';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';

const settings = {
  sampling: greedySampling,
  stop: { maxTokens: 100, stopStrings: [] },
};

/** A token as far as these tests look at one. */
function token(id: number): GeneratedToken {
  return {
    id,
    probability: 1,
    rank: 1,
    draw: undefined,
    interval: undefined,
    logit: 0,
    surprisalBits: 0,
    entropyBits: 0,
    top: [],
    stopped: undefined,
    cache: { kept: 0, computed: 0, dropped: 0 },
    ms: 0,
    device: 'reference',
  };
}

function emptyTree(): TokenTree {
  const engine = {
    step: () => Promise.reject(fail('no-model', {})),
    predict: () => Promise.reject(fail('no-model', {})),
  };
  const vocabulary = new Vocabulary({
    bytes: new Uint8Array(),
    offsets: Uint32Array.of(0),
    special: [],
  });
  return new TokenTree({ engine, vocabulary, prompt: Int32Array.of(1), eol: '\n' });
}

/** Pieces of the text `a`, `b`, …, by their ids. */
function child(tree: TokenTree, parent: TreeNode, id: number): TreeNode {
  const piece = { tokens: [token(id)], text: String.fromCodePoint(97 + id), stopped: undefined };
  return tree.adopt(parent, { piece, settings });
}

/** A document with undo, and a session in it. */
class StringDocument {
  text: string;
  readonly session: SessionText;
  readonly #undo: { before: string; after: string; edit: Edit }[] = [];
  readonly #redo: { before: string; after: string; edit: Edit }[] = [];

  constructor(before: string, context: string, after: string) {
    this.text = before + context + after;
    this.session = new SessionText(before.length, context);
    this.session.segment.tree = emptyTree();
  }

  replace(start: number, end: number, inserted: string): Meaning {
    const before = this.text;
    this.text = before.slice(0, start) + inserted + before.slice(end);
    const edit = { offset: start, length: end - start, inserted: inserted.length };
    this.#undo.push({ before, after: this.text, edit });
    this.#redo.length = 0;
    return this.#tell(edit, false);
  }

  undo(): Meaning | undefined {
    const done = this.#undo.pop();
    if (done === undefined) return undefined;
    this.#redo.push(done);
    this.text = done.before;
    const { offset, length, inserted } = done.edit;
    return this.#tell({ offset, length: inserted, inserted: length }, true);
  }

  redo(): Meaning | undefined {
    const undone = this.#redo.pop();
    if (undone === undefined) return undefined;
    this.#undo.push(undone);
    this.text = undone.after;
    return this.#tell(undone.edit, true);
  }

  #tell(edit: Edit, isReplayed: boolean): Meaning {
    return this.session.edited([edit], {
      isReplayed,
      read: (start, end) => this.text.slice(start, end),
    });
  }
}

/** Writes a piece at the head, as the session does. */
function accept(document: StringDocument, id: number): Meaning {
  const { segment, head } = document.session;
  const tree = (segment.tree ??= emptyTree());
  const node = child(tree, tree.cursor, id);
  tree.expect(node);
  const meaning = document.replace(head, head, node.piece.text);
  tree.expect(undefined);
  return meaning;
}

function back(document: StringDocument): void {
  const { segment, head } = document.session;
  const parent = segment.tree?.cursor.parent;
  if (parent === undefined) return;
  segment.tree?.expect(parent);
  document.replace(head - 1, head, '');
  segment.tree?.expect(undefined);
}

describe('the text of a session', () => {
  it('knows its place after any 50 edits, undos and redos', () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('accept'), at: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('back'), at: fc.nat(0) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('undo'), at: fc.nat(0) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('redo'), at: fc.nat(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('behind'), at: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('before'), at: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('inside'), at: fc.nat(8) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { minLength: 50, maxLength: 50 }), (actions) => {
        const document = new StringDocument('Some text. ', 'CONTEXT', ' and the rest');
        const { session } = document;
        for (const { kind, at } of actions) {
          if (kind === 'accept') assert.equal(accept(document, at), 'known');
          if (kind === 'back') back(document);
          if (kind === 'undo') document.undo();
          if (kind === 'redo') document.redo();
          const end = document.text.length;
          if (kind === 'behind') assert.equal(document.replace(end - 1, end, 'XY'), 'elsewhere');
          if (kind === 'before') assert.equal(document.replace(at, at + 1, 'Z.'), 'elsewhere');
          if (kind === 'inside') document.replace(session.head - 1, session.head, 'Q');
          const generated = session.segment.tree?.cursor.text ?? '';
          assert.equal(
            document.text.slice(session.start, session.head),
            session.segment.context + generated,
          );
          assert.ok(document.text.slice(session.head).startsWith(' and'), document.text);
          assert.ok(document.text.slice(0, session.start).endsWith('text. '), document.text);
        }
      }),
    );
  });

  it('takes what is written at its end into the context, but not what undo brings back behind it', () => {
    const document = new StringDocument('', 'abc', ' END');
    assert.equal(document.replace(3, 3, 'd'), 'rewritten');
    assert.equal(document.session.segment.context, 'abcd');
    assert.equal(document.replace(4, 8, ''), 'elsewhere');
    assert.equal(document.undo(), 'elsewhere');
    assert.deepEqual([document.text, document.session.head], ['abcd END', 4]);
    assert.equal(document.undo(), 'known');
    assert.equal(document.session.segment.context, 'abc');
  });
});

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
  const endless = (node: TreeNode): Promise<TreeNode> => {
    const tree = emptyTree();
    return Promise.resolve(child(tree, node, node.tokenCount % 13));
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
      },
      stop.signal,
    );
    assert.equal(why, 'person');
    assert.ok((written.at(-1) ?? 0) <= 8, String(written));
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
      next: (node: TreeNode) => Promise.resolve(child(tree, node, node.tokenCount % 2)),
      write: () => Promise.resolve(),
      onMade: () => undefined,
    };
    assert.equal(await runTokens(parts, new AbortController().signal), 'repetition');
  });
});
