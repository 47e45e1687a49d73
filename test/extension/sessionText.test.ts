// Where a session is in its document, whatever is edited, undone and redone: against a document that is only a string.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SessionText } from '../../src/extension/generation/sessionText';
import type { Edit, Meaning } from '../../src/extension/generation/sessionText';
import { child, emptyTree } from '../support/letterTree';

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
