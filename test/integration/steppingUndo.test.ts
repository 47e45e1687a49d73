// Undo and redo while stepping: 50 mixed actions in a real editor, each compared with a document that is a list of texts.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as vscode from 'vscode';
import { closeAll, run, select, withSetting } from './editorSupport';
import { begin, expected } from './steppingSupport';

const prompt = 'Once upon a time there was a';
const rest = '\n\nThe end.';

/** What the document must show, and where the next piece goes. */
interface State {
  readonly text: string;
  readonly head: number;
}

const letters = ['a', 'b', 'c', 'd'];
const byHand = { before: 'by hand ', behind: '!' };

/** The texts that undo and redo go through. */
class History {
  readonly #states: State[];
  #at = 0;

  constructor(first: State) {
    this.#states = [first];
  }

  get now(): State {
    const state = this.#states[this.#at];
    assert.ok(state);
    return state;
  }

  push(state: State): void {
    this.#states.splice(++this.#at, Infinity, state);
  }

  move(by: 1 | -1): void {
    this.#at = Math.min(Math.max(this.#at + by, 0), this.#states.length - 1);
  }
}

/** An action on the editor, told to the history; what it wrote is read from the document and checked by `inserted`. */
class Stepped {
  readonly #editor: vscode.TextEditor;
  readonly #history: History;
  /** What was written as the candidate of a rank after a text. */
  readonly #chosen = new Map<string, string>();
  readonly #line: string;

  constructor(editor: vscode.TextEditor, history: History, line: string) {
    this.#editor = editor;
    this.#history = history;
    this.#line = line;
  }

  async do(kind: Kind, at: number): Promise<void> {
    const { now } = this.#history;
    await this.#act(kind, at, now);
    this.#tell(kind, at, now);
  }

  async #act(kind: Kind, at: number, { text, head }: State): Promise<void> {
    if (kind === 'accept') await run('acceptToken');
    if (kind === 'candidate') await run('acceptCandidate', at + 2);
    if (kind === 'run') await run('runTokens', at + 1);
    if (kind === 'back') await run('stepBack');
    if (kind === 'undo' || kind === 'redo') await vscode.commands.executeCommand(kind);
    if (kind === 'type') {
      select(this.#editor, [head, head]);
      await vscode.commands.executeCommand('type', { text: letters[at] });
    }
    if (kind === 'before') await this.#insert(at, byHand.before);
    if (kind === 'behind') await this.#insert(text.length, byHand.behind);
  }

  #tell(kind: Kind, at: number, now: State): void {
    if (kind === 'accept' || kind === 'candidate' || kind === 'run') {
      this.#generated(now, `${kind} ${String(at)}`);
    }
    if (kind === 'back') this.#steppedBack(now);
    if (kind === 'undo') this.#history.move(-1);
    if (kind === 'redo') this.#history.move(1);
    if (kind === 'type') this.#inserted(now, now.head, letters[at] ?? '');
    if (kind === 'before') this.#inserted(now, at, byHand.before);
    if (kind === 'behind') this.#inserted(now, now.text.length, byHand.behind);
  }

  async #insert(offset: number, text: string): Promise<void> {
    await this.#editor.edit((edit) => {
      edit.insert(this.#editor.document.positionAt(offset), text);
    });
  }

  #inserted({ text, head }: State, offset: number, added: string): void {
    const changed = text.slice(0, offset) + added + text.slice(offset);
    this.#history.push({ text: changed, head: offset <= head ? head + added.length : head });
  }

  /** Something stands at the head now, and nothing else changed. */
  #generated({ text, head }: State, how: string): void {
    const seen = this.#editor.document.getText();
    const added = seen.slice(head, seen.length - (text.length - head));
    assert.notEqual(added, '', `${how} after ${JSON.stringify(text)}`);
    this.#inserted({ text, head }, head, added);
    const made = text.slice(0, head);
    const key = `${how} after ${made}`;
    if (how.startsWith('candidate')) {
      assert.equal(added, this.#chosen.get(key) ?? added, 'a rank is the same token again');
      this.#chosen.set(key, added);
    } else if (this.#line.startsWith(made)) {
      // What stood there last comes again: the line of the command line, or what was chosen somewhere on it.
      const isChosen = [...this.#chosen].some(([chosenKey, piece]) => {
        const [, after = ''] = chosenKey.split(' after ');
        return after.startsWith(made) && (made + added).startsWith(after + piece);
      });
      assert.ok(isChosen || this.#line.startsWith(made + added), made + added);
    }
  }

  /** One piece less at the head, and nothing else changed; nothing at all where nothing was generated. */
  #steppedBack({ text, head }: State): void {
    const seen = this.#editor.document.getText();
    const removed = text.length - seen.length;
    if (removed === 0) return;
    const shorter = text.slice(0, head - removed) + text.slice(head);
    this.#history.push({ text: shorter, head: head - removed });
    assert.ok(removed > 0, 'stepping back writes nothing');
  }
}

/** Always the same ones: what fails is told by its first action that went wrong, and can be looked at again. */
const runs = { numRuns: 3, seed: 7 };

const kinds = {
  accept: 5,
  candidate: 2,
  run: 1,
  back: 2,
  undo: 5,
  redo: 4,
  type: 1,
  before: 1,
  behind: 1,
} as const;
type Kind = keyof typeof kinds;

const action = fc.oneof(
  ...(Object.keys(kinds) as Kind[]).map((kind) => ({
    weight: kinds[kind],
    arbitrary: fc.record({ kind: fc.constant(kind), at: fc.nat(3) }),
  })),
);

describe('undo and redo while stepping', () => {
  afterEach(async () => {
    await run('stopGenerating');
    await closeAll();
  });

  it('are exact over 50 mixed actions', async function () {
    this.timeout(100_000);
    const line = prompt + expected(prompt, 150);
    const lines = fc.sample(fc.array(action, { minLength: 50, maxLength: 50 }), runs);
    await withSetting('generation.maxTokens', 1000, async () => {
      for (const actions of lines) {
        const editor = await begin(prompt + rest, 'plaintext', prompt.length);
        const history = new History({ text: prompt + rest, head: prompt.length });
        const stepped = new Stepped(editor, history, line);
        for (const [n, { kind, at }] of actions.entries()) {
          await stepped.do(kind, at);
          const seen = editor.document.getText();
          assert.equal(seen, history.now.text, `action ${String(n)}: ${kind} ${String(at)}`);
        }
        await run('stopGenerating');
        await closeAll();
      }
    });
  });
});
